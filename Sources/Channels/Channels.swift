import Tocsin
public enum Channels { public static let all: [any Channel.Type] = [] }
