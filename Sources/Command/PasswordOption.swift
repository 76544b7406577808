import ArgumentParser
import Foundation
import Tocsin

/// Where a new password comes from. Never from the command line: other users of the machine see that.
struct PasswordOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Read the password from this file, or from stdin with -. By default you are asked for it.", valueName: "path"),
    completion: .file())
  var passwordFile: String?

  /// - Throws: ``Failure`` with code `invalid` when there is no password to be had.
  func password() throws -> String {
    guard let passwordFile else { return try Self.asked() }
    let text = passwordFile == "-" ? try orStandardInput("-", "password") : try Self.text(of: passwordFile)
    let password = text.hasSuffix("\r\n") || text.hasSuffix("\n") ? String(text.dropLast()) : text
    if password.isEmpty { throw Failure(.invalid, "there is no password in what was read", field: "password_file") }
    guard !password.contains(where: \.isNewline) else {
      throw Failure(
        .invalid, "what was read has more than one line, and a password that cannot be typed into a field is of no use",
        field: "password_file")
    }
    return password
  }

  private static func text(of path: String) throws -> String {
    guard let data = FileManager.default.contents(atPath: path), let text = String(data: data, encoding: .utf8) else {
      throw Failure(
        .invalid, "the file \(printable(path)) cannot be read, or is not UTF-8 text", field: "password_file")
    }
    return text
  }

  private static func asked() throws -> String {
    guard isatty(STDIN_FILENO) == 1 else {
      throw Failure(
        .invalid, "nobody can be asked for the password here: name a file by --password-file, or - for stdin",
        field: "password_file")
    }
    let (first, second) = (try ask("New password: "), try ask("The same again: "))
    guard first == second else { throw Failure(.invalid, "the two differ", field: "password") }
    return first
  }

  /// Asks on the terminal, which shows nothing of the answer.
  private static func ask(_ question: String) throws -> String {
    FileHandle.standardError.write(Data(question.utf8))
    var before = termios()
    guard tcgetattr(STDIN_FILENO, &before) == 0 else {
      throw Failure(.invalid, "the terminal cannot hide what is typed")
    }
    var silent = before
    silent.c_lflag &= ~tcflag_t(ECHO)
    guard tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) == 0 else {
      throw Failure(.invalid, "the terminal cannot hide what is typed")
    }
    defer {
      tcsetattr(STDIN_FILENO, TCSAFLUSH, &before)
      FileHandle.standardError.write(Data("\n".utf8))
    }
    return readLine() ?? ""
  }
}
