import Foundation

/// Every word of the pages, in one language: the files of `Texts/` that begin with its name. A translation is such files again.
///
/// A text may hold `{names}` that values replace, and may have a form for one thing and one for several: `notes.one` and
/// `notes.other`.
public struct Texts: Sendable {
  public static let english = Texts([
    PackageResources.en_json,
    PackageResources.en_incidents_json,
    PackageResources.en_alerts_json,
    PackageResources.en_settings_json,
  ])

  /// The language of the page that is being written.
  @TaskLocal public static var current = Texts.english

  /// By key.
  public let all: [String: String]

  init(_ files: [[UInt8]]) {
    var all: [String: String] = [:]
    for file in files {
      guard let texts = try? JSONDecoder().decode([String: String].self, from: Data(file)) else {
        preconditionFailure("a catalogue of texts is no JSON object of texts")
      }
      all.merge(texts) { _, second in preconditionFailure("two texts have one key; the second is \"\(second)\"") }
    }
    self.all = all
  }

  /// The same with every text changed, to see which words of a page do not come from here.
  public func mapping(_ change: (String) -> String) -> Texts { Texts(all: all.mapValues(change)) }

  private init(all: [String: String]) { self.all = all }

  /// A text with its values put in.
  public func callAsFunction(_ key: String, _ values: [String: String] = [:]) -> String {
    filled(all[key] ?? key, values)
  }

  /// A text that counts, with the number as `{n}`.
  public func count(_ key: String, _ n: Int, _ values: [String: String] = [:]) -> String {
    let form = all["\(key).\(n == 1 ? "one" : "other")"] ?? key
    return filled(form, values.merging(["n": String(n)]) { own, _ in own })
  }

  /// One pass: what a value holds is never looked into.
  private func filled(_ text: String, _ values: [String: String]) -> String {
    if values.isEmpty { return text }
    return text.replacing(/\{(\w+)\}/) { values[String($0.1)] ?? String($0.0) }
  }
}
