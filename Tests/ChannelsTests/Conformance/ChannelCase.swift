import Foundation
import TestSupport
import Testing
import Tocsin

@testable import Channels

/// What the conformance tests have to know of a channel.
struct ChannelCase: Sendable, CustomTestStringConvertible {
  let type: any Channel.Type
  let speech: BadPeer.Speech
  /// Settings that lead to a port of 127.0.0.1, encrypted or not, with a secret in every secret setting.
  let settings: @Sendable (_ port: Int, _ isEncrypted: Bool) -> [String: String]
  let make: @Sendable ([String: String], TimeOuts) throws -> any Channel
  /// Statuses by which, with the body of a good answer, the vendor says that it took a message. HTTP only.
  var proof: Set<Int> = []
  /// Whether these are proof whatever the body says.
  var isStatusEnough = false
  /// A good answer. HTTP only.
  var answer: @Sendable (HTTPReceiver.Request) -> HTTPReceiver.Answer? = { _ in nil }
  /// Runs a good peer, and hands over what settings lead to it and a way to see what arrived.
  let good: @Sendable (_ use: @Sendable (GoodPeer) async throws -> Void) async throws -> Void
  /// Whether a text goes out as it came, save what cannot be shown; else it is summed up.
  var keepsText = true
  /// Tells cases of one channel apart.
  var variant: String?
  /// Units by which the reference grows when it is encoded: the brackets of `[Ref: …]`.
  var escapes = 0

  var name: String { type.about.name }
  var testDescription: String { [name, variant].compactMap(\.self).joined(separator: " ") }

  static let quick = TimeOuts(connect: 1, total: 1)

  func channel(port: Int, isEncrypted: Bool = false) throws -> any Channel {
    try make(settings(port, isEncrypted), Self.quick)
  }

  /// The values that must never be seen.
  var secrets: [String] {
    let values = settings(1, false)
    return type.about.settings.filter(\.secret).compactMap { values[$0.key] }
  }
}

/// A peer that takes messages.
struct GoodPeer: Sendable {
  let settings: [String: String]
  /// What arrived so far, oldest first.
  let arrivals: @Sendable () async throws -> [Arrival]
}

/// A message as its receiver has it.
struct Arrival: Sendable {
  /// All that people see of it.
  let text: String
  /// What in it does something that only its sender may do: a header, a mention, a topic of its own.
  var live: [String] = []
}

extension ChannelCase {
  /// Runs a fake vendor, which is stricter than a good answer.
  typealias Fake = @Sendable (_ use: @Sendable (HTTPReceiver) async throws -> Void) async throws -> Void

  /// For channels by HTTP.
  ///
  /// - Parameters:
  ///   - fake: the good peer; by default one that gives `answer` to all.
  ///   - known: settings that the fake wants.
  static func http<C: Channel>(
    _ type: C.Type, proof: Set<Int>, isStatusEnough: Bool = false, escapes: Int = 0,
    settings: @escaping @Sendable (_ base: String) -> [String: String],
    make: @escaping @Sendable ([String: String], TimeOuts) throws -> C,
    answer: @escaping @Sendable (HTTPReceiver.Request) -> HTTPReceiver.Answer?,
    arrival: @escaping @Sendable (HTTPReceiver.Request) throws -> Arrival?, keepsText: Bool = true,
    fake: Fake? = nil, known: [String: String] = [:], variant: String? = nil
  ) -> ChannelCase {
    ChannelCase(
      type: type, speech: .http,
      settings: { port, isEncrypted in settings("\(isEncrypted ? "https" : "http")://127.0.0.1:\(port)") }, make: make,
      proof: proof, isStatusEnough: isStatusEnough, answer: answer,
      good: { use in
        let run: @Sendable (HTTPReceiver) async throws -> Void = { receiver in
          let found = settings("http://127.0.0.1:\(receiver.port)")
          try await use(
            GoodPeer(settings: found.merging(known) { $1 }) { try receiver.requests.compactMap(arrival) })
        }
        if let fake { try await fake(run) } else { try await HTTPReceiver.with(answer, run) }
      }, keepsText: keepsText, variant: variant, escapes: escapes)
  }
}
