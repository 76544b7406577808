import Foundation
import Storage

/// The last test message that somebody sent through a channel from its page, and what came of it.
public struct ChannelTest: Sendable, Equatable, Codable {
  public let channel: String
  /// Where it went, as people may see it; nil for the channel's default target.
  @OrNull public var target: String?
  public let isAccepted: Bool
  /// What the provider said: its id of the message, or why it did not take it.
  public let answer: String
  public let testedAt: Date
  public let testedBy: String
}

extension Incidents {
  /// Sends a test message through a channel, and keeps what came of it: see ``sendTest(_:by:)``.
  ///
  /// - Parameters:
  ///   - name: of a channel, in any case.
  ///   - target: nil for the channel's default target.
  /// - Throws: what ``sendTest(_:by:)`` throws.
  @discardableResult
  public func testChannel(_ name: String, target: String? = nil, by: Principal) async throws -> ChannelTest {
    let item = [name.uppercased(), target].compactMap(\.self).joined(separator: ":")
    do {
      let receipt = try await sendTest(item, by: by)
      let details = receipt.metadata.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value.string ?? "\($0.value)")" }
      return try await keep(name, target, true, ([receipt.externalId] + details).joined(separator: " · "), by)
    } catch let failure as Failure where failure.field == nil && failure.code != .notFound {
      _ = try await keep(name, target, false, failure.message, by)
      throw failure
    }
  }

  /// The last test of each channel that was tested, by the channel's name.
  public func channelTests() async throws -> [String: ChannelTest] {
    try await database.read { transaction in
      let tests = try transaction.settings(beginningWith: testPrefix).compactMap {
        try? JSON.decode(ChannelTest.self, from: Data($0.value.utf8))
      }
      return Dictionary(tests.map { ($0.channel, $0) }, uniquingKeysWith: { $1 })
    }
  }

  private func keep(
    _ name: String, _ target: String?, _ isAccepted: Bool, _ answer: String, _ by: Principal
  ) async throws -> ChannelTest {
    let name = name.uppercased()
    let shown = target.map { channels[name]?.shown($0) ?? Delivery.masked($0) }
    return try await database.write { transaction in
      let test = ChannelTest(
        channel: name, target: shown, isAccepted: isAccepted, answer: answer, testedAt: transaction.now,
        testedBy: by.name)
      try transaction.set(testPrefix + name, to: JSON.encode(test), by: by)
      return test
    }
  }
}

private let testPrefix = "channel_test."
