/// What the pages are made of (Mustache). Every field has a label, and what a password manager needs to know it.
enum PageTemplates {
  static let layout = """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>{{$title}}{{/title}} – Tocsin</title>
    <link rel="stylesheet" href="/tocsin.css?{{version}}">
    </head>
    <body>
    <header><span class="brand">Tocsin</span></header>
    <main>
    <h1>{{$title}}{{/title}}</h1>
    {{#problem}}<p class="problem" role="alert" id="problem">{{problem}}</p>{{/problem}}
    {{$content}}{{/content}}
    </main>
    </body>
    </html>
    """

  static let all: [WebPage: String] = [
    .signIn: page("Sign in", signIn), .code: page("Enter the code", code), .setUp: page("Set up Tocsin", setUp),
    .home: page("Signed in", home), .message: page("{{title}}", message),
  ]

  private static func page(_ title: String, _ content: String) -> String {
    "{{<layout}}{{$title}}\(title){{/title}}{{$content}}\n\(content)\n{{/content}}{{/layout}}"
  }

  private static let signIn = """
    <form method="post" action="/login">
    <label for="name">Name</label>
    <input id="name" name="name" value="{{name}}" required maxlength="255" autocomplete="username" \
    autocapitalize="none" autocorrect="off" spellcheck="false"{{^name}} autofocus{{/name}}>
    <label for="password">Password</label>
    <input id="password" name="password" type="password" required maxlength="1024" \
    autocomplete="current-password"{{#name}} autofocus{{/name}}>
    <button type="submit">Sign in</button>
    </form>
    {{#provider}}<p class="or">or</p>
    <p><a class="button" href="/login/oidc">Sign in with {{provider}}</a></p>{{/provider}}
    """

  private static let code = """
    <form method="post" action="/login">
    <input type="hidden" name="ticket" value="{{ticket}}">
    <label for="code">Code</label>
    <input id="code" name="code" required maxlength="40" autocomplete="one-time-code" autocapitalize="none" \
    autocorrect="off" spellcheck="false" aria-describedby="code-hint" autofocus>
    <p class="hint" id="code-hint">Six digits from your authenticator app, or one of your recovery codes.</p>
    <button type="submit">Sign in</button>
    </form>
    <p><a href="/login">Start again</a></p>
    """

  private static let setUp = """
    <p>Make the first user. It is an administrator and can make others.</p>
    <form method="post" action="/setup">
    <input type="hidden" name="secret" value="{{secret}}">
    <label for="name">Name</label>
    <input id="name" name="name" value="{{name}}" required maxlength="255" autocomplete="username" \
    autocapitalize="none" autocorrect="off" spellcheck="false" aria-describedby="name-hint" autofocus>
    <p class="hint" id="name-hint">It stands beside everything you do.</p>
    <label for="email">Email <span class="optional">(optional)</span></label>
    <input id="email" name="email" type="email" value="{{email}}" maxlength="255" autocomplete="email">
    <label for="password">Password</label>
    <input id="password" name="password" type="password" required minlength="8" maxlength="1024" \
    autocomplete="new-password" aria-describedby="password-hint">
    <p class="hint" id="password-hint">Eight characters or more. A few words in a row are good.</p>
    <label for="again">Password again</label>
    <input id="again" name="again" type="password" required minlength="8" maxlength="1024" \
    autocomplete="new-password">
    <button type="submit">Create the user</button>
    </form>
    <p class="hint">From then on, whoever sends alerts needs a token: <code>tocsin create-token</code>.</p>
    """

  private static let home = """
    <p>You are signed in as <strong>{{name}}</strong>, with the role <strong>{{role}}</strong>.</p>
    <p><a href="/docs">What the API can do</a></p>
    <form method="post" action="/logout">
    <input type="hidden" name="csrf_token" value="{{csrf_token}}">
    <button type="submit" class="quiet">Sign out</button>
    </form>
    <p class="hint">Tocsin {{version}}</p>
    """

  private static let message = """
    <p>{{text}}</p>
    {{#link}}<p><a class="button" href="{{link}}">{{link_text}}</a></p>{{/link}}
    """
}
