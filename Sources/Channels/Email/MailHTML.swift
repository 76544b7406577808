/// The HTML side of a mail that has none of its own.
enum MailHTML {
  /// A document that shows `text` as it is: no link, no script, nothing loaded from anywhere.
  static func document(subject: String, text: String) -> String {
    """
    <!DOCTYPE html>
    <html>
    <head><meta charset="utf-8"><title>\(escaped(MailHeader.oneLine(subject)))</title></head>
    <body>
    <div style="font-family: sans-serif; white-space: pre-wrap; overflow-wrap: anywhere">\(escaped(text))</div>
    </body>
    </html>

    """
  }

  /// `text` as it must stand between tags or in a quoted attribute.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
