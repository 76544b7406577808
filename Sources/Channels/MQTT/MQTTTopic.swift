import Tocsin

/// The topics that messages go to. Text from outside never gets into one, save a rule's target, which is checked.
struct MQTTTopic: Sendable {
  /// A prefix or a target at most, in bytes: the longest topic is 65535 (MQTT 5, section 1.5.4), and nobody needs it.
  static let longest = 255

  private let root: String

  /// - Parameters:
  ///   - target: a topic below `prefix`, with or without it; or `prefix` itself.
  init(prefix: String, target: String) {
    root = target == prefix || target.hasPrefix(prefix + "/") ? target : "\(prefix)/\(target)"
  }

  /// Retained: `online` while somebody serves, else `offline`.
  var status: String { "\(root)/v1/status" }

  /// Each message as it comes.
  func event(_ guid: String) -> String { "\(root)/v1/incident/\(guid)/event" }

  /// Retained: the incident as it is now.
  func state(_ guid: String) -> String { "\(root)/v1/incident/\(guid)/state" }

  /// Says why `topic` cannot be a prefix or a target, or nil when it can. Wildcards and NUL are MQTT's own rule (MQTT 5,
  /// sections 4.7.1 and 4.7.3); a `$` in front belongs to the broker (4.7.2). Blanks and what cannot be seen are refused
  /// because nobody could tell such topics apart.
  static func fault(inTopic topic: String) -> String? {
    guard !topic.isEmpty else { return "is empty; it must be a topic such as lab/alarms" }
    guard topic.utf8.count <= longest else { return "is longer than \(longest) bytes" }
    guard !topic.hasPrefix("$") else { return "must not begin with $: such topics belong to the broker" }
    guard !topic.contains(where: { $0 == "+" || $0 == "#" }) else { return "must not hold the wildcards + and #" }
    guard !topic.unicodeScalars.contains(where: { Unseen.contains($0) || $0.properties.isWhitespace }) else {
      return "must not hold blanks, NUL or other characters that cannot be seen"
    }
    guard !topic.split(separator: "/", omittingEmptySubsequences: false).contains(where: \.isEmpty) else {
      return "must not have an empty part: no / at the beginning or the end, no //"
    }
    return nil
  }

  static func fault(inPrefix topic: String) -> String? { fault(inTopic: topic) }

  /// Whether `guid` is one of ours and so may be a part of a topic.
  static func isPart(_ guid: String) -> Bool { guid.wholeMatch(of: /[0-9a-z-]{1,64}/) != nil }
}
