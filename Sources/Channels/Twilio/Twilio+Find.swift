import Foundation
import Tocsin

extension Twilio {
  /// Messages on one page of the list: even with the longest texts it stays well below what is read of an answer.
  private static let pageSize = 50
  private static let mostPages = 20
  private static let longestPage = 1 << 20

  /// The message with this reference that Twilio took for `target`, if there is one: the newest that it has not given up.
  ///
  /// The list is sorted by date, newest first, 50 to 1000 on a page (Message resource, "Read multiple Message resources").
  /// A message cannot be older than the day in its reference; one day more covers clocks that differ. Gateways may not heed
  /// the day that is asked for. All pages together have two thirds of the time-out, because the message may have to be sent
  /// after that.
  func find(ref: String, to target: String) async throws(SendFailure) -> TwilioMessage? {
    let wanted = prefix + target
    let oldest = Self.dayBefore(ref)
    var query = "To=\(Form.escaped(wanted))&DateSent%3E=\(Self.text(oldest))&PageSize=\(Self.pageSize)"
    let deadline = ContinuousClock.now + .seconds(timeOuts.total * 2 / 3)
    for _ in 0..<Self.mostPages {
      guard ContinuousClock.now < deadline else { throw .retryable("the list of sent messages takes too long") }
      let page = try await messages(query, by: deadline)
      if let found = page.messages.first(where: { $0.isAnswer(to: ref, wanted) }) { return found }
      let isPast = !page.messages.isEmpty && page.messages.allSatisfy { $0.created.map { $0 < oldest } ?? false }
      guard !isPast, let next = page.next, next != query else { return nil }
      query = next
    }
    return nil
  }

  private func messages(
    _ query: String, by deadline: ContinuousClock.Instant
  ) async throws(SendFailure) -> (messages: [TwilioMessage], next: String?) {
    var get = request("\(accountURL("/Messages.json"))?\(query)")
    get.timeOuts = timeOuts.ending(by: deadline)
    get.longestAnswer = Self.longestPage
    let answer = try await get.answer(method: "GET")
    guard answer.status == 200 else { throw TwilioError.failure(answer) }
    guard case .array(let list) = answer.object["messages"] else {
      throw .retryable("the list of sent messages cannot be read")
    }
    return (list.compactMap(\.object).compactMap(TwilioMessage.init), next(answer.object["next_page_uri"]?.string))
  }

  /// The query of the next page. Only that is taken over: the credentials never go to another address than ours.
  private func next(_ uri: String?) -> String? {
    guard let uri, let mark = uri.firstIndex(of: "?") else { return nil }
    let query = uri[uri.index(after: mark)...]
    let isSafe =
      query.utf8.count <= 2000 && query.utf8.allSatisfy { (33...126).contains($0) && $0 != UInt8(ascii: "#") }
    return isSafe && !query.isEmpty ? String(query) : nil
  }

  /// The day before the one in `REF-20261121-ABC`; two days ago for a reference without a day.
  private static func dayBefore(_ ref: String, now: Date = Date()) -> Date {
    let digits = ref.split(separator: "-").dropFirst().first.map(String.init) ?? ""
    return (formatter("yyyyMMdd").date(from: digits) ?? now.addingTimeInterval(-86_400)).addingTimeInterval(-86_400)
  }

  /// `2026-11-20`.
  private static func text(_ day: Date) -> String { formatter("yyyy-MM-dd").string(from: day) }

  private static func formatter(_ format: String) -> DateFormatter {
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.timeZone = .gmt
    formatter.dateFormat = format
    return formatter
  }
}

extension TwilioMessage {
  fileprivate func isAnswer(to ref: String, _ target: String) -> Bool {
    guard isOutbound, !isLost, to ?? target == target else { return false }
    // REF-20261121-ABC is not REF-20261121-ABCD.
    return body.ranges(of: ref).contains { range in
      range.upperBound == body.endIndex
        || !(body[range.upperBound].isASCII && (body[range.upperBound].isLetter || body[range.upperBound].isNumber))
    }
  }
}

extension JSONValue {
  /// The object, when it is one.
  fileprivate var object: Metadata? { if case .object(let value) = self { value } else { nil } }
}
