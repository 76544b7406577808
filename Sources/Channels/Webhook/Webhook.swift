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
      ChannelSetting(
        "secret_previous", "the key before secret: messages are signed with both while receivers change over",
        secret: true),
      ChannelSetting("default_target", "the same as url, and goes first"),
      ChannelSetting(
        "internal_hosts",
        "internal hosts that rules may name: a comma list of host names, addresses and networks, such as "
          + "hooks.lan, 10.0.0.0/8; by default only those of url and default_target"),
      ChannelSetting("ca_file", Setting.caFileHint),
    ],
    // A receiver knows a message that comes again by its webhook-id.
    afterUnclearAttempt: .resend)

  /// For many receivers the whole address is the key.
  private let target: Secret?
  private let hosts: HTTPGuard
  private let signature: WebhookSignature?
  private let caFile: String?
  private let timeOuts: TimeOuts

  public init(settings: [String: String]) throws { try self.init(settings: settings, timeOuts: TimeOuts()) }

  /// With other time-outs and another name service, for tests.
  init(
    settings: [String: String], timeOuts: TimeOuts, lookUp: @escaping HTTPGuard.LookUp = NameLookup.addresses
  ) throws {
    for key in ["url", "default_target"] {
      if let fault = settings[key].flatMap(HTTPTarget.fault) { throw Setting.invalid(key, fault) }
    }
    target = (settings["default_target"] ?? settings["url"]).map(Secret.init)
    hosts = try HTTPGuard(
      urls: [settings["url"], settings["default_target"]].compactMap(\.self), list: settings["internal_hosts"],
      lookUp: lookUp)
    signature = try WebhookSignature(settings)
    caFile = try Setting.caFile(settings)
    self.timeOuts = timeOuts
  }

  public var defaultTarget: String? { target?.exposed }

  /// Its scheme and host: for many receivers the whole address is the key.
  public func shown(_ target: String) -> String {
    guard let url = URL(string: target), let scheme = url.scheme, let host = url.host else { return "…" }
    return "\(scheme)://\(host)\(url.port.map { ":\($0)" } ?? "")/…"
  }

  /// Its scheme, host and port.
  public func destination(of target: String) -> String { (try? HTTPTarget(target))?.origin ?? "" }

  public func fault(inTarget target: String) -> String? {
    do throws(HTTPTarget.Fault) {
      return hosts.fault(in: try HTTPTarget(target))
    } catch {
      return error.text
    }
  }

  public func send(_ message: OutboundMessage) async throws(SendFailure) -> Receipt {
    let start = ContinuousClock.now
    let target = try target(message.target)
    let addresses = try await hosts.addresses(for: target, within: timeOuts.total)
    var post = try post(message, to: target)
    post.timeOuts.total -= start.duration(to: .now) / .seconds(1)
    _ = try await post.accepted(addresses: addresses)
    return Receipt(externalId: message.communicationGuid)
  }

  private func target(_ text: String) throws(SendFailure) -> HTTPTarget {
    do throws(HTTPTarget.Fault) {
      return try HTTPTarget(text)
    } catch {
      throw .permanent("the target \(error.text)")
    }
  }

  /// The id is the same over all attempts, the time is this attempt's.
  private func post(_ message: OutboundMessage, to target: HTTPTarget) throws(SendFailure) -> HTTPPost {
    let now = Date()
    guard let body = try? WebhookEvent(message, at: now).json else {
      throw .permanent("the message cannot be written as JSON")
    }
    let id = message.communicationGuid
    let timestamp = Int(now.timeIntervalSince1970)
    var post = HTTPPost(url: target.url, body: body, caFile: caFile, timeOuts: timeOuts)
    post.headers = [
      ("content-type", "application/cloudevents+json; charset=utf-8"), ("webhook-id", id),
      ("webhook-timestamp", String(timestamp)),
    ]
    if let signature {
      post.headers.append(("webhook-signature", signature.header(id: id, timestamp: timestamp, body: body)))
    }
    return post
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
