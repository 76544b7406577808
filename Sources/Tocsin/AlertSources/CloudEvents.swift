import Foundation

/// CloudEvents 1.0 over HTTP (cloudevents/spec: spec.md, bindings/http-protocol-binding.md, formats/json-format.md) in all its
/// modes. What each event says of an alert stands in docs/alerts.md.
public enum CloudEvents {
  public static let name = "cloudevents"

  /// An event in structured mode: everything in the body.
  ///
  /// - Throws: ``Failure`` with code `malformed` for what is no JSON; `invalid` with the place of the fault.
  public static func alerts(structured body: Data, now: Date) throws -> [ReceivedAlert] {
    [try CloudEvent(JSONInput(body)).alert(now: now)]
  }

  /// A batch of events, which may be empty.
  public static func alerts(batch body: Data, now: Date) throws -> [ReceivedAlert] {
    try JSONInput(body).items().map { try CloudEvent($0).alert(now: now) }
  }

  /// What a body alone tells: a list is a batch, anything else an event in structured mode.
  ///
  /// - Throws: as the others.
  static func alerts(in body: Data, now: Date) throws -> [ReceivedAlert] {
    if case .array = try JSON.parse(body) { return try alerts(batch: body, now: now) }
    return try alerts(structured: body, now: now)
  }

  /// An event in binary mode: attributes in headers, the body is the data.
  ///
  /// - Parameters:
  ///   - headers: those that begin with `ce-`, by their names in lower case.
  ///   - type: the body's content type.
  /// - Throws: ``Failure`` with code `malformed` for a header that is not percent-encoded UTF-8 or a body that is not what its
  ///   type says; `invalid` with the name of the header at fault.
  public static func alerts(
    binary body: Data, headers: [String: String], type: String?, now: Date
  ) throws -> [ReceivedAlert] {
    [try CloudEvent(binary: body, headers, type).alert(now: now)]
  }
}

extension CloudEvent {
  /// An event whose type ends in one of these tells how something stands.
  private static let states: [(ending: String, status: AlertStatus)] = [(".firing", .firing), (".resolved", .resolved)]

  /// The alert it tells of. Members of its data in our own words go first, then its attributes.
  ///
  /// An event is known by its source and its id. One that tells how something stands has another id when it is over; it is
  /// known by its source, its type without the ending, and its subject.
  fileprivate func alert(now: Date) throws -> ReceivedAlert {
    var said = AlertFields()
    if let data, case .object = data.value { said = try AlertFields(data) }
    let type = self["type"] ?? ""
    let source = self["source"] ?? ""
    let state = Self.states.first { type.lowercased().hasSuffix($0.ending) }
    let stem = state.map { String(type.dropLast($0.ending.count)) } ?? type
    let subject = self["subject"]?.notBlank
    let about = [source, stem, subject ?? ""].joined(separator: " ")
    let fields = try completed(said, state?.status, subject.map { "\(stem): \($0)" } ?? stem)
    var alert = fields.alert(from: CloudEvents.name, package: source, now: now)
    alert.dedupKey =
      (said.dedupKey.map { "\(source) \($0)" } ?? (state == nil ? "\(source) \(self["id"] ?? "")" : about))
      .keyFitting255
    let group = said.group ?? (said.dedupKey == nil ? about : alert.dedupKey)
    alert.groupKey = "\(CloudEvents.name):\(group)".keyFitting255
    if alert.status == .firing, said.expiresIn == nil { alert.expiresAt = try time("expirytime") }
    return alert
  }

  private func completed(_ said: AlertFields, _ state: AlertStatus?, _ name: String) throws -> AlertFields {
    var fields = said
    fields.title = said.title ?? name
    fields.description = said.description ?? (said.title == nil ? data?.value.asText.notBlank : nil)
    fields.status = said.status ?? state
    fields.severity = said.severity ?? said.labels["severity"] ?? self["severity"] ?? self["severitytext"]
    fields.labels = labels.merging(said.labels) { $1 }
    fields.saidAt = try time("time")
    return fields
  }
}
