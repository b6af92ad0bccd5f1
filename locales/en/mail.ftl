# Mail. $own is "yes" where the inviting organisation is the one whose portal it is.
mail-greeting = Hello,
mail-role-owner = Owner
mail-role-administrator = Administrator
mail-role-auditor = Auditor
mail-role-manager = Manager
mail-role-member = Member

mail-subject-colleague = { $own ->
    [yes] { $organisation } invites you to join its partner portal
   *[no] { $organisation } invites you to join it on the partner portal of { $programme }
}
mail-subject-partner = { $own ->
    [yes] { $organisation } invites { $company } to its partner portal
   *[no] { $organisation } invites { $company } to the partner portal of { $programme }
}
mail-lead-colleague = { $own ->
    [yes] { $inviter } of { $organisation } invites you to join { $organisation } on its partner portal.
   *[no] { $inviter } of { $organisation } invites you to join { $organisation } on the partner portal of { $programme }.
}
mail-lead-partner = { $own ->
    [yes] { $inviter } of { $organisation } invites { $company } to become a partner on its partner portal.
   *[no] { $inviter } of { $organisation } invites { $company } to become a partner on the partner portal of { $programme }.
}
mail-offer-colleague = Your role there would be: { $role }.
mail-offer-partner = You can open an account for { $company }, or use one that your company already has.
mail-action-invitation = Open the invitation
mail-until = The invitation is valid until { $until }.
mail-account = It is meant for { $invited }. To accept it, sign in with this address.
mail-copy = If the button does not work, open this address in your browser:
mail-real-title = Is this mail genuine?
mail-real = The link leads to { $host }, the address of the portal. If you are not sure, ask { $inviter } in a way that you already know. A reply to this mail goes to { $reply-to }.
mail-stop-title = Not for you?
mail-stop = If this mail reached you by mistake, or you want no more invitations from { $organisation }, say so here:
mail-footer = Sent by the partner portal of { $programme }.

mail-subject-reminder = { $own ->
    [yes] Reminder: your invitation from { $organisation } to its partner portal
   *[no] Reminder: your invitation from { $organisation } to the partner portal of { $programme }
}
mail-lead-reminder-colleague = { $inviter } invited you to join { $organisation } on the partner portal of { $programme }. You have not answered yet.
mail-lead-reminder-partner = { $inviter } of { $organisation } invited { $company } to become a partner on the partner portal of { $programme }. You have not answered yet.
mail-once = This is the only reminder.

mail-subject-accepted-colleague = { $person } has joined { $organisation }
mail-subject-accepted-partner = { $company } is now a partner of { $organisation }
mail-lead-accepted-colleague = { $person } ({ $invited }) has accepted your invitation and now belongs to { $organisation }.
mail-lead-accepted-partner = { $person } ({ $invited }) has accepted your invitation. { $company } and { $organisation } are now partners.
mail-offer-accepted-colleague = Role: { $role }.
mail-offer-accepted-partner = Neither side sees the other’s records until it is allowed to.

mail-subject-declined-colleague = { $invited } has declined to join { $organisation }
mail-subject-declined-partner = { $company } has declined the invitation from { $organisation }
mail-lead-declined-colleague = { $invited } has declined your invitation to join { $organisation }.
mail-lead-declined-partner = { $invited } has declined your invitation to { $company } to become a partner of { $organisation }.
mail-offer-declined = You can send a new invitation from the portal at any time.

mail-greeting-inviter = Hello { $inviter },
mail-action-portal = Open the portal
mail-why = You are receiving this mail because you sent the invitation.
