import Foundation
import Tocsin

/// An account at Twilio, or at a gateway that speaks as Twilio does: what ``SMS`` and ``WhatsApp`` share
/// (https://www.twilio.com/docs/messaging/api/message-resource).
struct Twilio: Sendable {
  /// Characters that one Body carries (https://www.twilio.com/docs/api/errors/21617). It does not say how it counts those
  /// outside the basic plane, so they count as two here: never too many.
  static let textLimit = TextLimit(1600, .utf16)

  /// Twilio's id of the account. No secret.
  let accountSid: String
  let authToken: Secret
  /// The token before it, while it is being changed: callbacks signed with it are still taken.
  let previousToken: Secret?
  let sender: TwilioSender
  let defaultTarget: String?
  /// Without a slash at the end.
  let baseURL: String
  /// The public URL that Twilio reports to, as Twilio is told and signs it.
  let statusCallback: String?
  /// What stands before a phone number: nothing, or `whatsapp:`.
  let prefix: String
  let caFile: String?
  let timeOuts: TimeOuts

  /// Says why `target` is no phone number in the form of E.164, or nil when it is one.
  static func fault(inTarget target: String) -> String? {
    if target.wholeMatch(of: /\+[1-9][0-9]{7,14}/) != nil { return nil }
    return "must be a phone number with + and its country code, 8 to 15 digits, such as +15550123456"
  }

  /// Has Twilio take one message. Proof: its `sid`.
  ///
  /// - Parameter content: the form fields that say what to send.
  func post(_ content: [(String, String)], to target: String) async throws(SendFailure) -> TwilioMessage {
    if let fault = Self.fault(inTarget: target) { throw .permanent("the target \(fault)") }
    var fields = [("To", prefix + target), sender.field(prefix: prefix)] + content
    if let statusCallback { fields.append(("StatusCallback", statusCallback)) }
    var post = request(accountURL("/Messages.json"))
    post.headers.append(("content-type", "application/x-www-form-urlencoded"))
    post.body = Form.encoded(fields)
    let answer = try await post.answer()
    guard (200...299).contains(answer.status) else { throw TwilioError.failure(answer) }
    guard let message = TwilioMessage(answer.object) else {
      throw .retryable("the answer names no message, so nothing shows that it was taken (\(answer.status))")
    }
    if message.isLost { throw .permanent(TwilioError.undelivered(message.status, message.errorCode)) }
    return message
  }

  /// Asks for the account itself. Says why that is refused, or nil.
  func probe() async -> String? {
    do throws(SendFailure) {
      let answer = try await request(accountURL(".json")).answer(method: "GET")
      guard answer.status == 200 else { return TwilioError.failure(answer).reason }
      let status = answer.object["status"]?.string
      return status == "suspended" || status == "closed" ? "the account is \(status ?? "")" : nil
    } catch {
      return error.reason
    }
  }

  func request(_ url: String) -> HTTPPost {
    let credentials = Data("\(accountSid):\(authToken.exposed)".utf8).base64EncodedString()
    return HTTPPost(
      url: url, headers: [("authorization", "Basic \(credentials)"), ("accept", "application/json")], caFile: caFile,
      timeOuts: timeOuts)
  }

  func accountURL(_ path: String) -> String { "\(baseURL)/2010-04-01/Accounts/\(accountSid)\(path)" }
}

extension HTTPAnswer {
  /// Its body when that is a JSON object, else nothing.
  var object: Metadata { (try? JSONValue.object(String(decoding: body, as: UTF8.self))) ?? [:] }
}
