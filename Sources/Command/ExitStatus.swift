import ArgumentParser
import Foundation
import Storage
import Tocsin

/// The exit codes, which scripts rely on.
enum ExitStatus: Int32, CaseIterable {
  case done = 0
  case failed = 1
  case notFound = 3
  case notAllowed = 4
  case conflict = 5
  case unreachable = 6
  case notAllSent = 7
  case usage = 64

  init(_ code: Failure.Code) {
    self =
      switch code {
      case .malformed, .invalid: .usage
      case .unauthenticated, .forbidden: .notAllowed
      case .notFound: .notFound
      case .conflict, .outdated: .conflict
      case .tooMany, .unavailable: .unreachable
      case .internal: .failed
      }
  }

  /// Says on stderr what went wrong and ends the process.
  static func leave(with error: any Error) -> Never {
    switch error {
    case let status as ExitStatus: exit(status.rawValue)
    case is Failure, is StorageError:
      let failure = Failure(error)
      Terminal.complain("tocsin: \(failure.message)")
      if failure.code == .internal { Terminal.complain("details: \(error)") }
      exit(ExitStatus(failure.code).rawValue)
    case let error as CannotWrite:
      if let sentence = error.sentence { Terminal.complain("tocsin: \(sentence)") }
      exit(ExitStatus.failed.rawValue)
    case _ where CommandLineArguments.mayHoldText && Main.exitCode(for: error) == .validationFailure:
      Terminal.complain(Main.fullMessage(for: error))
      Terminal.complain("A text that begins with a dash goes last, behind --: tocsin add-note ID GENERAL -- -text")
      exit(ExitStatus.usage.rawValue)
    default: Main.exit(withError: error)
    }
  }
}

extension ExitStatus: Error {}
