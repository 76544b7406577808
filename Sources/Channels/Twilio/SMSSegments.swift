/// How an SMS is cut into pieces, each of which is paid for: 160 characters of GSM-7 in one, 153 in each of several; 70 and
/// 67 units of UCS-2 as soon as one character is not of GSM-7 (3GPP TS 23.038, section 6.2.1;
/// https://www.twilio.com/docs/glossary/what-sms-character-limit).
enum SMSSegments {
  static func count(_ text: String) -> Int {
    if let sizes = gsm7(text) { return count(sizes, alone: 160, each: 153) }
    return count(text.map { $0.utf16.count }, alone: 70, each: 67)
  }

  /// Units that `text` takes: septets when all of it is GSM-7, else UTF-16 units.
  static func units(_ text: String) -> Int { gsm7(text).map { $0.reduce(0, +) } ?? text.utf16.count }

  static func isGSM7(_ text: String) -> Bool { gsm7(text) != nil }

  /// The septets of each character, or nil when one is not of GSM-7.
  private static func gsm7(_ text: String) -> [Int]? {
    var sizes: [Int] = []
    for scalar in text.unicodeScalars {
      if basic.contains(scalar) {
        sizes.append(1)
      } else if extended.contains(scalar) {
        sizes.append(2)
      } else {
        return nil
      }
    }
    return sizes
  }

  /// What belongs together is never torn apart: an escape and its character, the parts of an emoji.
  private static func count(_ sizes: [Int], alone: Int, each: Int) -> Int {
    guard sizes.reduce(0, +) > alone else { return 1 }
    var (segments, free) = (1, each)
    for size in sizes {
      if size > free { (segments, free) = (segments + 1, each) }
      free -= min(size, each)
    }
    return segments
  }

  private static let basic = Set(
    """
    @£$¥èéùìòÇ\n\u{D8}\u{F8}\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§\
    ¿abcdefghijklmnopqrstuvwxyzäöñüà
    """.unicodeScalars)
  private static let extended = Set("\u{C}^{}\\[~]|€".unicodeScalars)
}
