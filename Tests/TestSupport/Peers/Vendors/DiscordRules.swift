import Tocsin

/// What Discord demands of a message (https://docs.discord.com/developers/resources/message, "Embed Limits").
enum DiscordRules {
  static let editNames: Set<String> = ["content", "embeds", "allowed_mentions", "flags"]
  static let postNames = editNames.union(["username", "avatar_url", "tts", "thread_name"])

  /// Discord's code for what is wrong.
  static func fault(_ content: JSONValue, known: Set<String>) -> Int? {
    guard Set((content.object ?? ["?": .null]).keys).isSubset(of: known) else { return 50035 }
    let text = content["content"]?.string ?? ""
    let embeds = content["embeds"]?.array ?? []
    if text.allSatisfy(\.isWhitespace) && embeds.isEmpty { return 50006 }
    let sum = embeds.reduce(0) { $0 + size($1) }
    return text.utf16.count <= 2000 && embeds.count <= 10 && embeds.allSatisfy(isEmbed) && sum <= 6000 ? nil : 50035
  }

  private static func isEmbed(_ embed: JSONValue) -> Bool {
    let fields = embed["fields"]?.array ?? []
    return within(embed["title"], 256) && within(embed["description"], 4096) && fields.count <= 25
      && (embed["footer"].map { within($0["text"], 2048, isRequired: true) } ?? true)
      && fields.allSatisfy {
        within($0["name"], 256, isRequired: true) && within($0["value"], 1024, isRequired: true)
      }
  }

  private static func within(_ value: JSONValue?, _ limit: Int, isRequired: Bool = false) -> Bool {
    guard let text = value?.string else { return value == nil && !isRequired }
    return text.utf16.count <= limit && !(isRequired && text.allSatisfy(\.isWhitespace))
  }

  private static func size(_ embed: JSONValue) -> Int {
    let fields = embed["fields"]?.array ?? []
    let texts =
      [embed["title"], embed["description"], embed["footer"]?["text"]] + fields.flatMap { [$0["name"], $0["value"]] }
    return texts.reduce(0) { $0 + ($1?.string?.utf16.count ?? 0) }
  }

  /// Whom the content calls, unless it says that nobody is to be called.
  static func pings(_ content: JSONValue) -> [String] {
    let text = content["content"]?.string ?? ""
    let allowed = content["allowed_mentions"]?["parse"]?.array.compactMap(\.string) ?? ["everyone", "users", "roles"]
    var pings: [String] = []
    if allowed.contains("everyone") { pings += text.matches(of: /@(everyone|here)/).map { String($0.0) } }
    if allowed.contains("users") || allowed.contains("roles") {
      pings += text.matches(of: /<@[!&]?[0-9]+>/).map { String($0.0) }
    }
    return pings
  }
}
