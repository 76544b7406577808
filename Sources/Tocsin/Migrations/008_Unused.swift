import Storage

extension Migration {
  static let unused = Migration(8, "unused") { _ in [] }
}
