import Tocsin

/// What a JSON value may be.
public indirect enum Shape: Sendable {
  case text
  /// RFC 3339, UTC, milliseconds.
  case time
  /// A text out of a fixed list.
  case word(any Word.Type)
  case integer
  case number
  case boolean
  case anything
  case list(Shape)
  /// An object with names that nobody fixed.
  case map(Shape)
  case record(RecordShape)
  case nullable(Shape)
}

/// An object with known names.
public struct RecordShape: Sendable {
  public struct Field: Sendable {
    /// As JSON has it: `incident_guid`.
    public let name: String
    public let shape: Shape
    public let isRequired: Bool

    public init(name: String, shape: Shape, isRequired: Bool) {
      self.name = name
      self.shape = shape
      self.isRequired = isRequired
    }
  }

  /// The Swift type it was read off.
  public let name: String
  public internal(set) var fields: [Field]

  public subscript(_ name: String) -> Field? { fields.first { $0.name == name } }

  /// Those of its fields that `names` holds, or does not hold.
  func fields(_ names: Set<String>, included: Bool) -> RecordShape {
    RecordShape(name: name, fields: fields.filter { names.contains($0.name) == included })
  }
}

extension Shape {
  /// The shape of what `type` reads, so that no record has to be described a second time.
  public static func of(_ type: any Decodable.Type) -> Shape {
    do {
      return try ShapeReader.read(type).shape
    } catch {
      preconditionFailure("\(type) refuses every value of its shape: \(error)")
    }
  }

  /// Itself, without the null.
  public var unwrapped: Shape { if case .nullable(let shape) = self { shape } else { self } }

  var record: RecordShape? { if case .record(let record) = self { record } else { nil } }
}

extension RecordShape {
  /// `shape` without some of its fields.
  public init(_ shape: RecordShape, without names: Set<String>) { self = shape.fields(names, included: false) }
}

extension Shape {
  /// A value of the shape, from a text as a query holds it; a text that is none comes back as it is, to be refused.
  public func value(of text: String) -> JSONValue {
    switch unwrapped {
    case .integer: Int64(text).map { .integer($0) } ?? .string(text)
    case .number: Double(text).map { .number($0) } ?? .string(text)
    case .boolean: ["true": .bool(true), "false": .bool(false)][text] ?? .string(text)
    default: .string(text)
    }
  }
}
