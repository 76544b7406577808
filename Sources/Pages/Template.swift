import Foundation
import Mustache
import Tocsin

/// What the pages are made of: the files of `Templates/`. Add one: a file, and a line in ``files``.
public enum Template {
  /// A value for a template: texts, numbers, flags, lists and tables of them. What stands in `{{…}}` is escaped; in `{{{…}}}`
  /// only ``SafeHTML`` may stand.
  public typealias Values = [String: Any]

  /// A page in its frame.
  ///
  /// - Parameters:
  ///   - name: of a file in `Templates/`.
  ///   - values: the page's own.
  ///   - frame: what stands around every page.
  /// - Throws: ``Failure`` with code `internal` when there is no such template.
  public static func render(_ name: String, _ values: Values, frame: Values = [:], texts: Texts = .current) throws
    -> String
  {
    let root: Values = ["page": nothingWhereEmpty(values), "frame": frame, "t": texts.all]
    guard let html = library.render(root, withTemplate: name) else {
      throw Failure(.internal, "there is no template \(name)")
    }
    return html
  }

  /// The same with every empty text as nothing: `{{#text}}…{{/text}}` leaves it out, and `{{^text}}` shows what stands there
  /// instead. Its name is there still, so that no outer one of that name shows through.
  private static func nothingWhereEmpty(_ value: Any) -> Any {
    switch value {
    case let text as String: text.isEmpty ? SafeHTML("") : text
    case let values as Values: values.mapValues(nothingWhereEmpty)
    case let list as [Any]: list.map(nothingWhereEmpty)
    default: value
    }
  }

  private static let library: MustacheLibrary = {
    MustacheContentTypes.register(PageContent(), named: PageContent.name)
    var library = MustacheLibrary()
    for (name, bytes) in files {
      let source = String(decoding: bytes, as: UTF8.self)
      do {
        // Said in every file: Mustache forgets it where one file takes in another.
        try library.register("{{% CONTENT_TYPE: \(PageContent.name)}}" + source, named: name)
      } catch {
        preconditionFailure("the template \(name) is wrong: \(error)")
      }
    }
    return library
  }()
}
