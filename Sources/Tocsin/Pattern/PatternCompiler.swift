/// One step of a compiled expression; without more said, the next one follows.
enum PatternStep: Sendable {
  /// Takes a character.
  case scalar(ScalarSet)
  case assert(PatternPlace)
  case jump(Int)
  /// Goes both ways.
  case split(Int, Int)
  case match
}

/// Writes an expression as steps.
struct PatternCompiler {
  private var steps: [PatternStep] = []

  /// - Throws: ``PatternFault`` for more than ``Pattern/mostSteps``.
  mutating func program(_ node: PatternNode) throws -> [PatternStep] {
    try emit(node)
    try add(.match)
    return steps
  }

  private mutating func emit(_ node: PatternNode) throws {
    switch node {
    case .empty: break
    case .set(let set): try add(.scalar(set))
    case .assert(let place): try add(.assert(place))
    case .sequence(let parts): for part in parts { try emit(part) }
    case .either(let parts): try emit(parts[...])
    case .repeated(let part, let least, let most): try emit(part, least, most)
    }
  }

  private mutating func emit(_ parts: ArraySlice<PatternNode>) throws {
    var ends: [Int] = []
    for part in parts.dropLast() {
      let split = try add(.jump(0))
      try emit(part)
      ends.append(try add(.jump(0)))
      steps[split] = .split(split + 1, steps.count)
    }
    if let last = parts.last { try emit(last) }
    for end in ends { steps[end] = .jump(steps.count) }
  }

  private mutating func emit(_ part: PatternNode, _ least: Int, _ most: Int?) throws {
    for _ in 0..<least {
      let start = steps.count
      try emit(part)
      // Nothing, however often, is nothing.
      if steps.count == start { return }
    }
    guard let most else {
      let split = try add(.jump(0))
      try emit(part)
      try add(.jump(split))
      steps[split] = .split(split + 1, steps.count)
      return
    }
    var splits: [Int] = []
    for _ in 0..<max(0, most - least) {
      let start = try add(.jump(0))
      try emit(part)
      splits.append(start)
      if steps.count == start + 1 { break }
    }
    for split in splits { steps[split] = .split(split + 1, steps.count) }
  }

  @discardableResult
  private mutating func add(_ step: PatternStep) throws -> Int {
    guard steps.count < Pattern.mostSteps else { throw PatternFault("says too much at once; make it several") }
    steps.append(step)
    return steps.count - 1
  }
}
