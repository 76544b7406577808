import TestSupport
import Testing

@testable import Tocsin

@Suite("Retrying")
struct RetryScheduleTests {
  static func pause(
    _ attempts: Int, age: Double = 0, severity: Severity = .high, asked: Double? = nil, chance: Double = 0.5
  ) -> Double? {
    RetrySchedule.pause(attempts: attempts, age: age, severity: severity, asked: asked, chance: chance)
  }

  @Test("Pauses grow, and CRITICAL messages wait less", arguments: 1...50)
  func grows(_ attempts: Int) throws {
    let now = try #require(Self.pause(attempts))
    let next = try #require(Self.pause(attempts + 1))
    #expect(next >= now)
    #expect(try #require(Self.pause(attempts, severity: .critical)) < now)
    #expect((1...3600).contains(now))
  }

  @Test("Those who failed together are spread over a fifth of the pause")
  func jitter() throws {
    let (low, high) = (try #require(Self.pause(3, chance: 0)), try #require(Self.pause(3, chance: 1)))
    #expect(high > low && high / low < 1.25)
  }

  @Test("What the vendor asks for is never undercut, up to an hour", arguments: [(60.0, 60.0), (7200, 3600), (0, 4.5)])
  func asked(_ asked: Double, _ least: Double) throws {
    #expect(try #require(Self.pause(1, asked: asked, chance: 0)) >= least)
    #expect(try #require(Self.pause(1, asked: asked, chance: 0)) <= 3600)
  }

  @Test("A message is tried for hours, and given up after a day")
  func patience() {
    #expect(Self.pause(100, age: 23 * 3600) != nil)
    #expect(Self.pause(100, age: 24 * 3600) == nil)
  }
}
