/// The one stylesheet: one column that fits into 320 pixels, light or dark as the browser says.
enum Stylesheet {
  static let text = """
    :root { color-scheme: light dark; --back: #fff; --front: #1b1f24; --soft: #57606a; --line: #8c959f; --deep: #0b5cad;
      --on-deep: #fff; --bad: #b3261e; --bad-back: #fdf0ef; }
    @media (prefers-color-scheme: dark) { :root { --back: #14171a; --front: #e6e8eb; --soft: #a3abb5; --line: #6b747e;
      --deep: #7db7f5; --on-deep: #0b1a2b; --bad: #ffb4ab; --bad-back: #3a1f1d; } }
    * { box-sizing: border-box; }
    body { margin: 0; background: var(--back); color: var(--front); font: 1rem/1.5 system-ui, sans-serif; }
    header, main { max-width: 26rem; margin: 0 auto; padding: 0 1rem; }
    header { padding-top: 1.5rem; }
    main { padding-bottom: 3rem; }
    .brand { font-weight: 600; color: var(--soft); }
    h1 { font-size: 1.5rem; line-height: 1.25; margin: 0.5rem 0 1.25rem; }
    p { margin: 0 0 1rem; overflow-wrap: anywhere; }
    label { display: block; font-weight: 600; margin: 1rem 0 0.25rem; }
    .optional { font-weight: 400; color: var(--soft); }
    input { display: block; width: 100%; padding: 0.625rem 0.75rem; font: inherit; color: inherit; background: var(--back);
      border: 1px solid var(--line); border-radius: 0.375rem; }
    input[type=hidden] { display: none; }
    button, .button { display: block; width: 100%; margin: 1.5rem 0 1rem; padding: 0.625rem 1rem; font: inherit;
      font-weight: 600; text-align: center; text-decoration: none; color: var(--on-deep); background: var(--deep);
      border: 1px solid var(--deep); border-radius: 0.375rem; cursor: pointer; }
    .button, .quiet { color: var(--deep); background: transparent; }
    a { color: var(--deep); }
    :focus-visible { outline: 3px solid var(--deep); outline-offset: 2px; }
    .hint { margin: 0.25rem 0 0; font-size: 0.875rem; color: var(--soft); }
    form + .hint, form + p { margin-top: 1rem; }
    .or { margin: 0; text-align: center; color: var(--soft); }
    .or + p .button { margin-top: 0.5rem; }
    .problem { padding: 0.75rem 1rem; color: var(--bad); background: var(--bad-back); border-left: 4px solid var(--bad); }
    """
}
