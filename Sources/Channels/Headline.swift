import Tocsin

extension OutboundMessage {
  /// The line that decides whether somebody gets up: `CRITICAL · title · PACKAGE · REF-…`. The title is cut where it does
  /// not fit, then the package, the reference never. Of a bundle it is the subject.
  ///
  /// - Parameters:
  ///   - limit: at least 100.
  ///   - word: what stands first; nil for the severity.
  ///   - shortRef: nil for the message's own.
  func headline(_ limit: TextLimit, _ markup: Markup, word: String? = nil, shortRef: String? = nil) -> String {
    func limited(to count: Int) -> TextLimit { TextLimit(count, limit.unit) }
    let end = " · " + markup.line(shortRef ?? self.shortRef, limited(to: 40))
    if incidents > 1 {
      let line = markup.line(subject, limit)
      if line.contains(self.shortRef) { return line }
      return markup.line(subject, limited(to: limit.count - limit.length(of: end))) + end
    }
    let package = markup.line(incident.package, limited(to: limit.count / 3))
    let rest = [" · \(package)", end].filter { $0 != " · " }.joined()
    let beginning = "\(word ?? incident.severity.rawValue) · "
    return beginning + markup.line(incident.title, limited(to: limit.count - limit.length(of: beginning + rest))) + rest
  }

  /// `text` as it stands in the body of a message: its reference is never cut.
  func body(_ limit: TextLimit, _ markup: Markup) -> String {
    markup.fitted(text, limit, end: "…\n" + markup.line("[Ref: \(shortRef)]", TextLimit(60, limit.unit)))
  }

  /// Whether it tells of one incident, and of a real one.
  var isAboutOneIncident: Bool { incidents == 1 && kind != .test }
}
