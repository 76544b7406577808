/// Somebody at the door whom Tocsin knows: who acts, and what they may do.
public struct Visitor: Sendable, Equatable {
  public let principal: Principal
  public let role: Role

  public init(_ principal: Principal, _ role: Role) {
    self.principal = principal
    self.role = role
  }
}
