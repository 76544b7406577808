import TestSupport
import Testing

@testable import Tocsin

@Suite("Retrying")
struct RetryScheduleTests {
  static func pause(
    age: Double = 0, severity: Severity = .high, asked: Double? = nil, chance: Double = 0.5
  ) -> Double? {
    RetrySchedule.pause(age: age, severity: severity, asked: asked, chance: chance)
  }

  @Test("Pauses grow, and CRITICAL messages wait less", arguments: [0.0, 1, 5, 30, 600, 3600, 7200, 80_000])
  func grows(_ age: Double) throws {
    let now = try #require(Self.pause(age: age))
    #expect(try #require(Self.pause(age: age + now)) >= now)
    #expect(try #require(Self.pause(age: age, severity: .critical)) < now)
    #expect((1...3600).contains(now))
    #expect(now <= max(2, age / 3), "back soon after a short outage")
  }

  @Test("Those who failed together are spread over a fifth of the pause")
  func jitter() throws {
    let (low, high) = (try #require(Self.pause(age: 60, chance: 0)), try #require(Self.pause(age: 60, chance: 1)))
    #expect(high > low && high / low < 1.25)
  }

  @Test("What the vendor asks for is never undercut, up to an hour", arguments: [(60.0, 60.0), (7200, 3600), (0, 1.8)])
  func asked(_ asked: Double, _ least: Double) throws {
    #expect(try #require(Self.pause(asked: asked, chance: 0)) >= least)
    #expect(try #require(Self.pause(asked: asked, chance: 0)) <= 3600)
  }

  @Test("A message is tried for hours, and given up after a day")
  func patience() {
    #expect(Self.pause(age: 23 * 3600) != nil)
    #expect(Self.pause(age: 24 * 3600) == nil)
  }
}
