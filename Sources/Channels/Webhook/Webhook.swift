import Foundation
import Tocsin

/// Posts messages to any HTTP server, as CloudEvents and signed as Standard Webhooks. Proof: a status of 2xx.
public struct Webhook: Channel {
  public static let about = ChannelInfo(
    name: "WEBHOOK", summary: "Posts JSON to any HTTP server, signed so that it can tell who sent it.",
    target: "a URL, such as https://example.com/hook",
    settings: [
      ChannelSetting("url", "URL of messages whose rule names none"),
      ChannelSetting(
        "secret",
        "key of the signature: whsec_ and 24 to 64 bytes in base64, or a text of 24 bytes or more; without "
          + "it messages are not signed", secret: true),
      ChannelSetting("default_target", "the same as url, and goes first"),
      ChannelSetting("ca_file", Setting.caFileHint),
    ])

  public let defaultTarget: String?
  private let signature: WebhookSignature?
  private let caFile: String?
  private let timeOuts: TimeOuts

  public init(settings: [String: String]) throws { try self.init(settings: settings, timeOuts: TimeOuts()) }

  /// With other time-outs, for tests.
  init(settings: [String: String], timeOuts: TimeOuts) throws {
    for key in ["url", "default_target"] {
      if let fault = settings[key].flatMap(HTTPTarget.fault) { throw Setting.invalid(key, fault) }
    }
    defaultTarget = settings["default_target"] ?? settings["url"]
    signature = try settings["secret"].map { try WebhookSignature(secret: Secret($0)) }
    caFile = try Setting.caFile(settings)
    self.timeOuts = timeOuts
  }

  /// Its scheme and host: for many receivers the whole address is the key.
  public func shown(_ target: String) -> String {
    guard let url = URL(string: target), let scheme = url.scheme, let host = url.host else { return "…" }
    return "\(scheme)://\(host)\(url.port.map { ":\($0)" } ?? "")/…"
  }

  public func fault(inTarget target: String) -> String? { HTTPTarget.fault(target) }

  public func send(_ message: OutboundMessage) async throws(SendFailure) -> Receipt {
    if let fault = fault(inTarget: message.target) { throw .permanent("the target \(fault)") }
    let now = Date()
    guard let body = try? WebhookEvent(message, at: now).json else {
      throw .permanent("the message cannot be written as JSON")
    }
    let id = message.communicationGuid
    let timestamp = Int(now.timeIntervalSince1970)
    var post = HTTPPost(url: message.target, body: body, caFile: caFile, timeOuts: timeOuts)
    post.headers = [
      ("content-type", "application/cloudevents+json; charset=utf-8"), ("webhook-id", id),
      ("webhook-timestamp", String(timestamp)),
    ]
    if let signature {
      post.headers.append(("webhook-signature", signature.header(id: id, timestamp: timestamp, body: body)))
    }
    _ = try await post.accepted()
    return Receipt(externalId: id)
  }

  /// Asks the default target for its options: any HTTP answer shows that it is there. Without a default target there is
  /// nothing to ask.
  public func probe() async -> String? {
    guard let defaultTarget else { return nil }
    do throws(SendFailure) {
      _ = try await HTTPPost(url: defaultTarget, caFile: caFile, timeOuts: timeOuts).answer(method: "OPTIONS")
      return nil
    } catch {
      return error.reason
    }
  }
}
