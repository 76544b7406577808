/// A password for somebody who is invited, who changes it at the first opportunity: 100 random bits, in letters and digits
/// that nobody takes for each other.
enum DrawnPassword {
  private static let letters = Array("abcdefghijkmnpqrstuvwxyz23456789")

  static func draw() -> String {
    var random = SystemRandomNumberGenerator()
    let groups = (0..<4).map { _ in String((0..<5).map { _ in letters[Int(random.next() % 32)] }) }
    return groups.joined(separator: "-")
  }
}
