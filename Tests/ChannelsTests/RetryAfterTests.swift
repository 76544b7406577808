import Foundation
import Testing

@testable import Channels

@Suite struct RetryAfterTests {
  private let now = Date(timeIntervalSince1970: 784_111_777)

  @Test(arguments: [("0", 0.0), ("120", 120), (" 7 ", 7), ("Sun, 06 Nov 1994 08:50:37 GMT", 60)])
  func secondsAndDatesAreRead(value: String, seconds: Double) {
    #expect(RetryAfter.seconds(value, now: now) == seconds)
  }

  @Test(arguments: [
    nil, "", "-1", "1.5", "soon", "1e3", "99999999999999999999", "Sun, 06 Nov 1994 08:49:37 GMT",
    "Sat, 05 Nov 1994 08:49:37 GMT", "Sun, 99 Nov 2094 08:49:37 GMT", "120; 7", "\u{0}",
  ])
  func junkAndThePastAreIgnored(value: String?) {
    #expect(RetryAfter.seconds(value, now: now) == nil)
  }
}
