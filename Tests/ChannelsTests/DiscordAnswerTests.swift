import TestSupport
import Testing
import Tocsin

@testable import Channels

@Suite struct DiscordAnswerTests {
  private static let token = "hunter2"

  private func outcome(_ answer: HTTPReceiver.Answer) async throws -> Result<Receipt, SendFailure> {
    try await HTTPReceiver.with { _ in
      answer
    } _: { receiver in
      try await outcome(at: receiver.url(""))
    }
  }

  private func outcome(at server: String) async throws -> Result<Receipt, SendFailure> {
    let url = "\(server)/api/webhooks/1/\(Self.token)"
    let channel = try Discord(settings: ["webhook_url": url], timeOuts: TimeOuts(connect: 2, total: 2))
    do throws(SendFailure) {
      return .success(try await channel.send(.sample(to: url)))
    } catch {
      return .failure(error)
    }
  }

  private func failure(_ answer: HTTPReceiver.Answer) async throws -> SendFailure? {
    if case .failure(let failure) = try await outcome(answer) { failure } else { nil }
  }

  @Test func only200WithAnIDIsProof() async throws {
    let accepted = try await HTTPReceiver.sweep(body: #"{"id":"5","message":"hunter2"}"#) { url in
      if case .failure(let failure) = try await outcome(at: url) { failure } else { nil }
    }
    #expect(accepted == [200])
  }

  @Test(arguments: ["", "{}", "[]", #"{"id":5}"#, #"{"id":""}"#, #"{"id":"hunter2"}"#, "<html>5</html>"])
  func a200WithoutAnIDIsTriedAgain(body: String) async throws {
    #expect(
      try await failure(.status(200, body: body)) == .retryable("Discord did not confirm the message (200)"))
  }

  @Test(
    arguments: [
      ("65", #"{"retry_after":64.57}"#, 65.0), ("1", #"{"retry_after":1.25}"#, 1.25),
      ("", #"{"retry_after":0.3}"#, 0.3),
      ("3", "<html>", 3), ("junk", #"{"retry_after":"junk"}"#, nil), ("", #"{"retry_after":-5}"#, nil),
      ("", #"{"retry_after":1e999}"#, nil),
    ] as [(String, String, Double?)])
  func theLongestWaitThatDiscordNamesIsKept(header: String, body: String, seconds: Double?) async throws {
    let failure = try await failure(.status(429, headers: ["retry-after": header], body: body))
    #expect(failure == .retryable("Discord gets too many messages (429)", after: seconds))
  }

  @Test(
    arguments: [
      ("0", "1.5", 1.5), ("1", "1.5", nil), ("0", "junk", nil), ("0", "-1", nil), ("0", "inf", nil), ("0", "0", nil),
    ] as [(String, String, Double?)])
  func theLastMessageOfABucketAsksForQuiet(remaining: String, reset: String, quiet: Double?) async throws {
    let headers = ["X-RateLimit-Remaining": remaining, "X-RateLimit-Reset-After": reset]
    let receipt = try await outcome(.status(200, headers: headers, body: #"{"id":"5"}"#)).get()
    #expect(receipt.quiet == quiet)
  }

  @Test(arguments: [
    "", "hunter2", "https://discord.com", "https://discord.com/api/webhooks/hunter2/x",
    "ftp://discord.com/webhooks/1/x",
    "https://discord.com/api/webhooks/1/hunter2?wait=true", "https://discord.com/api/webhooks/1/hunter2/slack",
    "https://discord.com/api/webhooks/1/hunter2#x", "https://u:hunter2@discord.com/api/webhooks/1/x",
  ])
  func aBadAddressIsRefused(url: String) {
    let failure = #expect(throws: Failure.self) { try Discord(settings: ["webhook_url": url]) }
    #expect(failure?.field == "webhook_url" && failure?.message.contains("hunter2") == false)
  }

  @Test func anAddressWithTheAPIsVersionIsTaken() throws {
    _ = try Discord(settings: ["webhook_url": "https://discord.com/api/v10/webhooks/123/abc-DEF_1"])
  }
}
