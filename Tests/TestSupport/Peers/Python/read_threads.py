"""Puts mails into a mailbox and shows the threads that a mail program would: one mail a line in base64 on standard input.
Prints for each, in order: the id of the mail that it answers to, the references, and the id of the thread's root."""

import base64
import json
import mailbox
import os
import sys
import tempfile

with tempfile.TemporaryDirectory() as folder:
    box = mailbox.mbox(os.path.join(folder, "mbox"))
    for line in sys.stdin:
        box.add(mailbox.mboxMessage(base64.b64decode(line)))
    box.flush()
    box.close()
    mails = list(mailbox.mbox(os.path.join(folder, "mbox")))

# As JWZ threads (https://www.jwz.org/doc/threading.html): the last reference is the parent, whether it arrived or not.
parents = {}
for mail in mails:
    chain = mail["References"].split() + [mail["Message-ID"]]
    for parent, child in zip(chain, chain[1:]):
        parents.setdefault(child, parent)


def root(mail_id):
    seen = set()
    while mail_id in parents and mail_id not in seen:
        seen.add(mail_id)
        mail_id = parents[mail_id]
    return mail_id


print(
    json.dumps(
        [
            {
                "id": mail["Message-ID"],
                "parent": mail["In-Reply-To"],
                "references": mail["References"].split(),
                "root": root(mail["Message-ID"]),
            }
            for mail in mails
        ]
    )
)
