import Foundation
import TestSupport
import Testing
import Tocsin

@testable import Channels

/// One try to send a message to a bad peer.
struct Attempt: Sendable {
  let failure: SendFailure?
  let seconds: Double
  /// Bytes that the process had more at some time than before.
  let growth: Int

  static let mostGrowth = 16 << 20

  /// Whether it ended within the time-out and a second.
  var isQuick: Bool { seconds <= ChannelCase.quick.total + 1 }

  static func of(_ channel: any Channel) async -> Attempt {
    // What was freed and kept by the allocator would hide what is taken now.
    trim()
    let (start, before) = (ContinuousClock.now, residentMemory)
    let watcher = Task {
      var most = before
      while !Task.isCancelled {
        most = max(most, residentMemory)
        try? await Task.sleep(for: .milliseconds(5))
      }
      return most
    }
    let failure = await channel.refusal(of: .sample(to: channel.defaultTarget ?? ""))
    let seconds = start.duration(to: .now) / .seconds(1)
    watcher.cancel()
    return Attempt(failure: failure, seconds: seconds, growth: await watcher.value - before)
  }

  /// https://man7.org/linux/man-pages/man3/malloc_trim.3.html, which has no header of its own in Swift's Glibc.
  private static func trim() {
    typealias Trim = @convention(c) (Int) -> CInt
    guard let function = dlsym(nil, "malloc_trim") else { return }
    _ = unsafeBitCast(function, to: Trim.self)(0)
  }

  /// https://man7.org/linux/man-pages/man5/proc_pid_statm.5.html: the second number, in pages.
  private static var residentMemory: Int {
    let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
    return (Int(text.split(separator: " ").dropFirst().first ?? "") ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE)))
  }
}

extension ChannelCase {
  /// What is wrong with the outcome of a message to `peer`, or nil.
  func fault(_ failure: SendFailure?, _ peer: BadPeer) -> String? {
    let saysYes: Set<BadPeer> = [.halfBody, .html, .oneGigabyte, .gzipBomb]
    if speech == .http, isStatusEnough, proof.contains(200), saysYes.contains(peer) { return nil }
    guard let failure else { return "it was taken for accepted" }
    switch peer {
    case .redirectLoop where speech == .http: return failure.isPermanent ? nil : "a redirect is for good"
    // What talks nonsense with a good status may do so for ever, or not.
    case .junk, .html, .oneGigabyte, .gzipBomb, .endlessHeader, .redirectLoop: return nil
    default: return failure.isRetryable ? nil : "it should be tried again, but: \(failure)"
    }
  }

  func expectNoSecret(_ texts: [String?], _ comment: Comment) {
    for text in texts.compactMap(\.self) {
      for secret in secrets + ["canary", BadPeer.said] where text.contains(secret) {
        Issue.record("\(name), \(comment): a secret or the peer's words in: \(text.prefix(300))")
      }
    }
  }

  /// One unit below the limit, at it, one and many above it; and as long as a message may be.
  var longTexts: [String] {
    let end = "\n[Ref: REF-20261121-ABC]"
    let most = 64 * 1024
    let limit = (type.about.textLimit?.count ?? most) - escapes
    let sizes = [limit - 1, limit, limit + 1, 2 * limit, most].filter { $0 <= most }
    return Set(sizes).sorted().map { String(repeating: "x", count: $0 - end.utf8.count) + end }
  }
}
