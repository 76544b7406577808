import Foundation
import Tocsin

/// libFuzzer's entry (llvm.org/docs/LibFuzzer.html): one input for the parser that the variable `PARSER` names. A parser may
/// refuse it with a ``Failure``; anything else that it throws, and any crash, ends the process.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let input = bytes.map { Data(bytes: $0, count: count) } ?? Data()
  do {
    try Chosen.parser(input)
  } catch is Failure {
  } catch {
    fatalError("not a failure that a sender could understand: \(error)")
  }
  return 0
}

private enum Chosen {
  static let parser: Parser = {
    let name = ProcessInfo.processInfo.environment["PARSER"] ?? ""
    guard let parser = Parsers.all[name] else {
      fatalError("PARSER names none of: \(Parsers.all.keys.sorted().joined(separator: ", "))")
    }
    return parser
  }()
}
