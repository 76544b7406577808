import Tocsin

extension Endpoint {
  /// The records it takes or answers, as components of the document.
  var records: [String: JSONValue] {
    let shapes = answers.map(\.shape) + (body.map { [$0.shape] } ?? [])
    var records: [String: JSONValue] = [:]
    for record in shapes.flatMap(\.records) { records[record.name] = record.schema(isInput: record.name == inputName) }
    return records
  }

  /// A body's record is what its call takes.
  private var inputName: String? { body?.shape.record?.name }

  /// The operation object (OpenAPI 3.1, section 4.8.10).
  var document: JSONValue {
    var document: [String: JSONValue] = [
      "operationId": .string(name), "summary": .string(route.summary), "tags": .array([.string(tag)]),
      "responses": .object(responses),
    ]
    let parameters =
      pathParameters + query.map { parameter($0.name, "query", $0.shape, isRequired: $0.isRequired) } + headers
    if !parameters.isEmpty { document["parameters"] = .array(parameters) }
    if let body {
      document["requestBody"] = .object([
        "required": .bool(isBodyRequired && body.shape.record?.fields.contains(where: \.isRequired) ?? true),
        "content": .object([body.type: .object(["schema": body.shape.schema(isInput: true)])]),
      ])
    }
    if needsToken {
      // An empty requirement says that there is another way in.
      let without: [JSONValue] = route.access == .local || provesItself ? [.object([:])] : []
      document["security"] = .array(without + [.object(["token": .array([])])])
    }
    document["x-access"] = .string(route.access.words)
    return .object(document)
  }

  /// The first word of the path that is a noun.
  public var tag: String {
    route.path.split(separator: "/").first { !["api", "v1"].contains($0) }.map(String.init) ?? "server"
  }

  private var needsToken: Bool {
    switch route.access {
    case .anyone, .signed: false
    case .intake, .local, .roles, .people, .session: true
    }
  }

  private var pathParameters: [JSONValue] {
    route.parameters.map { parameter($0, "path", .text, isRequired: true) }
  }

  private var headers: [JSONValue] {
    requestHeaders.map { header in
      .object([
        "name": .string(header.name), "in": "header", "description": .string(header.hint), "schema": header.schema,
      ])
    }
  }

  private func parameter(_ name: String, _ place: String, _ shape: Shape, isRequired: Bool) -> JSONValue {
    var schema = shape.unwrapped.schema(of: name, isInput: true)
    // An empty text in a query counts as none.
    if place == "query", case .object(var fields) = schema, fields["minLength"] != nil {
      fields["minLength"] = 0
      if let pattern = fields["pattern"]?.string { fields["pattern"] = .string("^$|" + pattern) }
      schema = .object(fields)
    }
    return .object([
      "name": .string(name), "in": .string(place), "required": .bool(isRequired),
      "description": .string(Fields.all[name]?.hint ?? name),
      "schema": schema,
    ])
  }

  private var responses: [String: JSONValue] {
    var responses = Dictionary(
      refusals.map { (String($0.status), document(of: $0)) },
      uniquingKeysWith: { $1 })
    var success: [String: JSONValue] = ["description": .string(answers.isEmpty ? "Done." : "The answer.")]
    if !answers.isEmpty {
      success["content"] = .object(
        Dictionary(
          answers.map { ($0.type, .object(["schema": $0.shape.schema(isInput: false)])) }, uniquingKeysWith: { $1 }))
    }
    if !answerHeaders.isEmpty {
      success["headers"] = .object(
        Dictionary(
          answerHeaders.map {
            ($0.name, .object(["description": .string($0.hint), "schema": $0.schema]))
          }, uniquingKeysWith: { $1 }))
    }
    responses[String(status)] = .object(success)
    if let fault {
      for status in ["400", "404"] {
        responses[status] = .object([
          "description": "What is wrong.",
          "content": .object([fault.type: .object(["schema": fault.shape.schema(isInput: false)])]),
        ])
      }
    }
    if requestHeaders.contains(where: { $0.name == "If-None-Match" }) {
      responses["304"] = .object(["description": "It still has the entity tag of If-None-Match."])
    }
    return responses
  }

  private func document(of shared: Refusal) -> JSONValue {
    guard let refusal else { return .object(["$ref": .string("#/components/responses/\(shared.name)")]) }
    return .object([
      "description": .string(shared.hint),
      "content": .object([refusal.type: .object(["schema": refusal.shape.schema(isInput: false)])]),
    ])
  }

  private var refusals: [Refusal] {
    var refusals: [Refusal] = [.malformed, .unavailable, .tooMany]
    // What is no GET refuses pages of other sites, whoever asks.
    if needsToken || route.method != .get { refusals += [.unauthenticated, .forbidden] }
    if !route.parameters.isEmpty { refusals += [.notFound] }
    if !route.parameters.isEmpty || !query.isEmpty || body != nil || route.method != .get { refusals += [.invalid] }
    if route.method != .get { refusals += [.conflict, .outdated, .notFound] }
    if route.method.hasBody { refusals += [.tooLarge, .mediaType] }
    return refusals
  }
}

extension Endpoint.HeaderField {
  fileprivate var schema: JSONValue {
    .object(["type": "string"].merging(pattern.map { ["pattern": .string($0)] } ?? [:]) { $1 })
  }
}

extension Route.Access {
  /// Who may use a route, for people.
  public var words: String {
    switch self {
    case .anyone: "everybody"
    case .signed: "whoever signs as the channel demands"
    case .intake: "ingest, responder, admin; before the first token any program of this machine"
    case .local: "programs of this machine; from elsewhere viewer, responder, admin"
    case .session, .people: "people who have signed in"
    case .roles(let roles): Role.allCases.filter(roles.contains).map(\.rawValue).joined(separator: ", ")
    }
  }
}

extension Shape {
  /// The records in it, itself included.
  var records: [RecordShape] {
    switch self {
    case .list(let shape), .map(let shape), .nullable(let shape): shape.records
    case .record(let record): [record] + record.fields.flatMap(\.shape.records)
    default: []
    }
  }

  /// The JSON schema (2020-12) of a value that is no field.
  func schema(isInput: Bool) -> JSONValue { schema(of: nil, isInput: isInput) }

  /// The JSON schema of the field `name`. Limits are given for what comes in; what goes out may be older than they are.
  func schema(of name: String?, isInput: Bool) -> JSONValue {
    let meaning = name.flatMap { Fields.all[$0] }
    var schema: [String: JSONValue]
    switch self {
    case .text:
      schema = ["type": "string"]
      if isInput, let range = meaning?.range {
        schema["minLength"] = .integer(Int64(range.lowerBound))
        schema["maxLength"] = .integer(Int64(range.upperBound))
      }
      if isInput, let pattern = meaning?.pattern { schema["pattern"] = .string(pattern) }
      let choices = isInput ? (meaning?.choices ?? []).map { JSONValue.object([$0.keyword: .string($0.value)]) } : []
      if !choices.isEmpty { schema["anyOf"] = .array(choices) }
    case .time: schema = ["type": "string", "format": "date-time"]
    case .word(let list): schema = ["type": "string", "enum": .array(list.spellings.map { .string($0) })]
    case .integer:
      schema = ["type": "integer"]
      if isInput, let range = meaning?.range {
        schema["minimum"] = .integer(Int64(range.lowerBound))
        schema["maximum"] = .integer(Int64(range.upperBound))
      }
    case .number: schema = ["type": "number"]
    case .boolean: schema = ["type": "boolean"]
    case .anything: schema = [:]
    case .list(let shape):
      schema = ["type": "array", "items": shape.schema(of: meaning?.items, isInput: isInput)]
      if isInput, let range = meaning?.range { schema["maxItems"] = .integer(Int64(range.upperBound)) }
    case .map(let shape): schema = ["type": "object", "additionalProperties": shape.schema(isInput: isInput)]
    case .record(let record): return .object(["$ref": .string("#/components/schemas/\(record.name)")])
    case .nullable(let shape):
      return .object(["anyOf": .array([shape.schema(of: name, isInput: isInput), .object(["type": "null"])])])
    }
    return .object(schema)
  }
}

extension RecordShape {
  /// The JSON schema of the record.
  func schema(isInput: Bool) -> JSONValue {
    var properties: [String: JSONValue] = [:]
    for field in fields {
      guard case .object(var schema) = field.shape.schema(of: field.name, isInput: isInput) else { continue }
      if let meaning = Fields.all[field.name] {
        schema["description"] = .string(meaning.hint)
        if isInput, let example = meaning.example, case .text = field.shape.unwrapped {
          schema["examples"] = .array([.string(example)])
        }
      }
      properties[field.name] = .object(schema)
    }
    var schema: [String: JSONValue] = ["type": "object", "properties": .object(properties)]
    let required = fields.filter(\.isRequired).map { JSONValue.string($0.name) }
    if !required.isEmpty { schema["required"] = .array(required) }
    if isInput { schema["additionalProperties"] = false }
    return .object(schema)
  }
}
