import Foundation
import Tocsin

/// Where results and talk go.
enum Terminal {
  /// Whether a person reads the results.
  static let isInteractive = isatty(STDOUT_FILENO) == 1

  /// Whether a person sees what is said on stderr, on a terminal that can replace a line.
  static let isHeard = isatty(STDERR_FILENO) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"

  /// Colour only for a person who did not say no (no-color.org).
  static let hasColour: Bool = {
    let environment = ProcessInfo.processInfo.environment
    return isInteractive && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
  }()

  /// A result, on stdout.
  ///
  /// - Throws: ``CannotWrite``: a result that nobody got is a failure.
  static func write(_ text: String) throws {
    let fault = put(text, on: STDOUT_FILENO)
    if fault != 0 { throw CannotWrite("the results", fault) }
  }

  /// A result as JSON, on stdout.
  static func write(json value: some Encodable) throws {
    try write(JSON.encode(value, pretty: isInteractive))
  }

  /// Talk, on stderr. Whether anybody hears it changes nothing.
  static func complain(_ text: String) { _ = put(harmless(text, lines: true), on: STDERR_FILENO) }

  /// Replaces the last line of a person's stderr, which \r ends.
  static func draw(_ line: String) { _ = put("\r\u{1B}[K" + line, on: STDERR_FILENO, end: "") }

  /// Writes a line and returns 0 or the system's error number. Not by FileHandle, which ends the process on a full disk.
  private static func put(_ line: String, on descriptor: Int32, end: String = "\n") -> Int32 {
    var line = line + end
    return line.withUTF8 { bytes in
      var rest = bytes[...]
      while !rest.isEmpty {
        let count = Foundation.write(descriptor, UnsafeBufferPointer(rebasing: rest).baseAddress, rest.count)
        if count >= 0 {
          rest = rest.dropFirst(count)
        } else if errno == EAGAIN {
          // Somebody who shares the terminal made it so that writes do not wait.
          var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
          poll(&ready, 1, -1)
        } else if errno != EINTR {
          return errno
        }
      }
      return 0
    }
  }
}

/// A result that could not be written.
struct CannotWrite: Error {
  /// For people; nil when the reader went away, as `head` does: that is no news to anybody.
  let sentence: String?

  init(_ what: String, _ fault: Int32) {
    sentence = fault == EPIPE ? nil : "cannot write \(what): \(String(cString: strerror(fault)))"
  }

  init(_ sentence: String) { self.sentence = sentence }
}
