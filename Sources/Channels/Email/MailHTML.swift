import Tocsin

/// The HTML side of a mail that has none of its own.
enum MailHTML {
  /// A document that shows `text` as it is: no link, no script, nothing loaded from anywhere.
  static func document(subject: String, text: String) -> String {
    """
    <!DOCTYPE html>
    <html>
    <head><meta charset="utf-8"><title>\(HTML.escaped(MailHeader.oneLine(subject)))</title></head>
    <body>
    <div style="font-family: sans-serif; white-space: pre-wrap; overflow-wrap: anywhere">\(HTML.escaped(text))</div>
    </body>
    </html>

    """
  }
}
