import Tocsin

/// What the OpenAPI document says of a route, beyond the route itself.
public struct Endpoint: Sendable {
  /// What is sent, or answered.
  public struct Content: Sendable {
    public let type: String
    public let shape: Shape

    public init(_ type: String, _ shape: Shape) {
      self.type = type
      self.shape = shape
    }

    public static func json(_ type: any Decodable.Type) -> Content { Content("application/json", .of(type)) }
    public static let text = Content("text/plain", .text)
    /// A JSON object of somebody else's design.
    public static let object = Content("application/json", .map(.anything))
  }

  /// A header that means something to the route.
  public struct HeaderField: Sendable {
    let name: String
    let hint: String
    var pattern: String?
  }

  public let route: Route
  /// `create_incident`: what generated clients call it.
  public let name: String
  /// Fields of the query.
  public let query: [RecordShape.Field]
  public let body: Content?
  /// The status of success.
  public let status: Int
  /// Empty for no content.
  public let answers: [Content]
  /// Headers that a request may have.
  public var requestHeaders: [HeaderField] = []
  /// Headers that the answer may have.
  public var answerHeaders: [HeaderField] = []
  /// What is answered to what is wrong or not there, with 400 and 404, by a route that speaks another's dialect; nil for
  /// problem documents.
  public var fault: Content?
  /// Whether there must be a body; one without any required field may be left out anyhow.
  public var isBodyRequired = true
  /// What a refusal looks like, where it is no problem document.
  public var refusal: Content?
  /// Whether what is sent may prove who sends it, so that no token need be in the header.
  public var provesItself = false

  public init(
    _ route: Route, _ name: String, query: [RecordShape.Field] = [], body: Content? = nil, status: Int = 200,
    answers: [Content] = []
  ) {
    self.route = route
    self.name = name
    self.query = query
    self.body = body
    self.status = status
    self.answers = answers
  }
}

extension Call {
  /// The call's fields: those of path, query and body.
  public static var shape: RecordShape {
    var record = Shape.of(Self.self).record ?? RecordShape(name: name, fields: [])
    guard route.method == .patch else { return record }
    // In a change, null removes; only what may be empty takes it.
    record.fields = record.fields.map { field in
      let shape = Fields.all[field.name]?.isRemovable == true ? field.shape : field.shape.unwrapped
      return RecordShape.Field(name: field.name, shape: shape, isRequired: field.isRequired)
    }
    return record
  }
}

extension Route {
  /// The names in braces.
  public var parameters: [String] { path.matches(of: /\{(\w+)\}/).map { String($0.1) } }
}
