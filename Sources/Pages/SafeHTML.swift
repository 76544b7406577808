import Mustache

/// HTML that was made here, of parts that were escaped: what `{{{…}}}` may show.
public struct SafeHTML: Sendable, MustacheCustomRenderable {
  public let text: String

  public init(_ text: String) { self.text = text }

  public var renderText: String { text }
  public var isNull: Bool { text.isEmpty }
}
