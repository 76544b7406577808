import Foundation
import Tocsin

/// A channel whose vendor reports what became of a message. A callback's body is `id outcome`, and its header `signature`
/// must be `good`.
public struct ReportingChannel: Channel {
  public static let about = ChannelInfo(
    name: "SMS", summary: "Keeps messages in memory.", target: "anything", settings: [], abilities: [.deliveryReports])

  public let defaultTarget: String? = "default"
  private let vendor: FakeVendor

  public init(_ vendor: FakeVendor) { self.vendor = vendor }

  public init(settings: [String: String]) { self.init(FakeVendor()) }

  public func fault(inTarget target: String) -> String? { nil }

  public func send(_ message: OutboundMessage) async throws(SendFailure) -> Receipt { try await vendor.take(message) }

  public func report(_ callback: VendorCallback) throws -> DeliveryReport? {
    guard callback.headers["signature"] == "good" else { throw Failure(.unauthenticated, "not the vendor's") }
    let words = String(decoding: callback.body, as: UTF8.self).split(separator: " ").map(String.init)
    guard words.count == 2 else { throw Failure(.malformed, "two words are needed") }
    switch words[1] {
    case "delivered":
      return DeliveryReport(externalId: words[0], outcome: .delivered, metadata: ["status": "delivered"])
    case "read": return DeliveryReport(externalId: words[0], outcome: .read, metadata: ["status": "read"])
    case "failed": return DeliveryReport(externalId: words[0], outcome: .failed(reason: "unreachable"))
    default: return nil
    }
  }

  public func probe() async -> String? { nil }
}

extension VendorCallback {
  /// One that a ``ReportingChannel`` takes.
  public static func fake(_ externalId: String, _ outcome: String, signature: String = "good") -> VendorCallback {
    VendorCallback(headers: ["signature": signature], body: Array("\(externalId) \(outcome)".utf8))
  }
}
