/// What attackers try first. Whatever is shorter than eight characters is refused anyway.
enum CommonPasswords {
  /// - Parameter password: in small letters.
  static func contains(_ password: String) -> Bool {
    if whole.contains(password) || Set(password).count < 3 || isRun(password) { return true }
    // password1, Password2026!, 123admin
    let stem = plain(password).filter(\.isLetter)
    let rest = password.filter(\.isLetter).count
    return stems.contains(stem) && password.count - rest <= 6 || doubled(stem)
  }

  /// A stretch of the alphabet, of the digits or of a keyboard's row, forwards or backwards.
  private static func isRun(_ password: String) -> Bool {
    rows.contains { $0.contains(password) || String($0.reversed()).contains(password) }
  }

  /// `adminadmin`
  private static func doubled(_ stem: String) -> Bool {
    let half = String(stem.prefix(stem.count / 2))
    return stem == half + half && stems.contains(half)
  }

  /// Digits and signs that stand for letters, read as these.
  private static func plain(_ password: String) -> String {
    let letters: [Character: Character] = [
      "0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s",
    ]
    let core = password.drop { !$0.isLetter && letters[$0] == nil }
    // Trailing digits are a number, not letters: password1, not passwordi.
    let end = core.lastIndex(where: \.isLetter).map { core.index(after: $0) } ?? core.startIndex
    let start = core.firstIndex(where: \.isLetter) ?? core.startIndex
    return String((start < end ? core[start..<end] : core[core.startIndex..<end]).map { letters[$0] ?? $0 })
  }

  private static let rows = [
    "01234567890123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop[]", "qwertzuiopü", "azertyuiop", "asdfghjkl;'",
    "zxcvbnm,./", "1qaz2wsx3edc4rfv5tgb6yhn7ujm", "qazwsxedcrfvtgbyhnujm", "1q2w3e4r5t6y7u8i9o0p",
    "q1w2e3r4t5y6u7i8o9p0",
    "!@#$%^&*()_+", "!\"§$%&/()=",
  ]

  private static let stems: Set<String> = [
    "password", "passwort", "motdepasse", "passw", "passwd", "pass", "passphrase", "secret", "geheim", "letmein",
    "welcome", "willkommen", "hello", "hallo", "admin", "administrator", "root", "toor", "user", "guest", "test",
    "testing", "tester", "demo", "default", "changeme", "changeit", "login", "master", "superuser", "sysadmin",
    "operator",
    "oncall", "incident", "incidents", "alert", "alerts", "pager", "server", "database", "company", "office",
    "internet",
    "computer", "system", "network", "security", "qwerty", "qwertz", "azerty", "qwertyuiop", "asdf", "asdfgh",
    "asdfghjkl",
    "zxcvbn", "zxcvbnm", "qazwsx", "abc", "abcd", "abcdef", "iloveyou", "loveyou", "princess", "sunshine", "football",
    "baseball", "basketball", "soccer", "hockey", "monkey", "dragon", "shadow", "superman", "batman", "spiderman",
    "pokemon", "starwars", "whatever", "trustnoi", "trustno", "freedom", "flower", "summer", "winter", "spring",
    "autumn",
    "sommer", "fruehling", "herbst", "january", "february", "march", "april", "june", "july", "august", "september",
    "october", "november", "december", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
    "michael", "jessica", "jennifer", "ashley", "jordan", "charlie", "daniel", "thomas", "andrew", "michelle", "nicole",
    "samantha", "alexander", "maverick", "mustang", "corvette", "ferrari", "mercedes", "porsche", "harley", "yankees",
    "liverpool", "chelsea", "arsenal", "barcelona", "juventus", "london", "berlin", "paris", "google", "facebook",
    "linkedin", "microsoft", "windows", "apple", "samsung", "ubuntu", "debian", "linux", "docker", "grafana",
    "prometheus", "pagerduty", "opsgenie", "mysql", "mariadb", "postgres", "postgresql", "oracle", "redis", "mongodb",
    "cheese", "cookie", "banana", "chocolate", "butterfly", "purple", "yellow", "orange", "silver", "golden", "diamond",
    "killer", "hunter", "ranger", "buster", "soldier", "matrix", "phoenix", "thunder", "tigger", "pepper", "ginger",
    "lovely", "family", "babygirl", "angel", "blessed", "jesus", "christ", "heaven", "zaq", "access", "passcode",
  ]

  private static let whole: Set<String> = [
    "correct horse battery staple", "correcthorsebatterystaple", "trustno1", "iloveyou", "ncc1701d", "11223344",
    "112233445566", "12341234", "123123123", "12344321", "123454321", "1234554321", "123321123", "147258369",
    "159753123",
    "987654321", "q1w2e3r4", "1q2w3e4r", "1qazxsw2", "zaq12wsx", "zaq1zaq1", "1qaz@wsx", "qwe123qwe", "qweasdzxc",
    "asd123asd", "abc123abc", "a1b2c3d4", "aa123456", "a1234567", "abcd1234", "1234abcd", "1234qwer", "qwer1234",
    "asdf1234", "zxcv1234", "password", "p@ssw0rd", "passw0rd", "pa$$word", "pa55word", "pa55w0rd", "drowssap",
    "rockyou1", "starwars", "ihateyou", "fuckyou1", "fuckyou2", "mypassword", "mypassword1", "nopassword",
    "yourpassword",
    "thisisapassword", "newpassword", "temppassword", "temp1234", "temporary", "changeme!", "letmein1", "opensesame",
    "open sesame", "abracadabra", "let me in", "my password", "the password", "admin123", "root1234", "toor1234",
    "administrator1", "supersecret", "topsecret", "secretpassword", "welcome1", "welcome123", "monkey123", "dragon123",
    "football1", "baseball1", "qwerty123", "qwertyui", "qwerty12", "1password", "123password", "password1",
    "password12",
  ]
}
