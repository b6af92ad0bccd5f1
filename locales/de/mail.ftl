# Mail. $own is "yes" where the inviting organisation is the one whose portal it is.
mail-greeting = Guten Tag,
mail-role-owner = Inhaber/in
mail-role-administrator = Administrator/in
mail-role-auditor = Prüfer/in
mail-role-manager = Manager/in
mail-role-member = Mitglied

mail-subject-colleague = { $own ->
    [yes] { $organisation } lädt Sie in das eigene Partnerportal ein
   *[no] { $organisation } lädt Sie in das Partnerportal von { $programme } ein
}
mail-subject-partner = { $own ->
    [yes] { $organisation } lädt { $company } in das eigene Partnerportal ein
   *[no] { $organisation } lädt { $company } in das Partnerportal von { $programme } ein
}
mail-lead-colleague = { $own ->
    [yes] { $inviter } von { $organisation } lädt Sie ein, im eigenen Partnerportal für { $organisation } mitzuarbeiten.
   *[no] { $inviter } von { $organisation } lädt Sie ein, im Partnerportal von { $programme } für { $organisation } mitzuarbeiten.
}
mail-lead-partner = { $own ->
    [yes] { $inviter } von { $organisation } lädt { $company } ein, Partner im eigenen Partnerportal zu werden.
   *[no] { $inviter } von { $organisation } lädt { $company } ein, Partner im Partnerportal von { $programme } zu werden.
}
mail-offer-colleague = Ihre Rolle dort wäre: { $role }.
mail-offer-partner = Sie können ein Konto für { $company } eröffnen oder ein Konto verwenden, das Ihr Unternehmen bereits hat.
mail-action-invitation = Einladung öffnen
mail-until = Die Einladung ist gültig bis { $until }.
mail-account = Sie ist für { $invited } bestimmt. Um sie anzunehmen, melden Sie sich bitte mit dieser Adresse an.
mail-copy = Falls die Schaltfläche nicht funktioniert, öffnen Sie bitte diese Adresse in Ihrem Browser:
mail-real-title = Ist diese Nachricht echt?
mail-real = Der Link führt zu { $host }, der Adresse des Portals. Wenn Sie unsicher sind, fragen Sie { $inviter } auf einem Weg, den Sie bereits kennen. Eine Antwort auf diese Nachricht geht an { $reply-to }.
mail-stop-title = Nicht für Sie bestimmt?
mail-stop = Wenn diese Nachricht Sie irrtümlich erreicht hat oder Sie keine weiteren Einladungen von { $organisation } erhalten möchten, teilen Sie es uns hier mit:
mail-footer = Gesendet vom Partnerportal von { $programme }.

mail-subject-reminder = { $own ->
    [yes] Erinnerung: Ihre Einladung von { $organisation } in das eigene Partnerportal
   *[no] Erinnerung: Ihre Einladung von { $organisation } in das Partnerportal von { $programme }
}
mail-lead-reminder-colleague = { $inviter } hat Sie eingeladen, im Partnerportal von { $programme } für { $organisation } mitzuarbeiten. Ihre Antwort steht noch aus.
mail-lead-reminder-partner = { $inviter } von { $organisation } hat { $company } eingeladen, Partner im Partnerportal von { $programme } zu werden. Ihre Antwort steht noch aus.
mail-once = Dies ist die einzige Erinnerung.

mail-subject-accepted-colleague = { $person } gehört jetzt zu { $organisation }
mail-subject-accepted-partner = { $company } ist jetzt Partner von { $organisation }
mail-lead-accepted-colleague = { $person } ({ $invited }) hat Ihre Einladung angenommen und gehört jetzt zu { $organisation }.
mail-lead-accepted-partner = { $person } ({ $invited }) hat Ihre Einladung angenommen. { $company } und { $organisation } sind jetzt Partner.
mail-offer-accepted-colleague = Rolle: { $role }.
mail-offer-accepted-partner = Keine Seite sieht die Datensätze der anderen, solange diese es nicht erlaubt.

mail-subject-declined-colleague = { $invited } hat die Einladung von { $organisation } abgelehnt
mail-subject-declined-partner = { $company } hat die Einladung von { $organisation } abgelehnt
mail-lead-declined-colleague = { $invited } hat Ihre Einladung, für { $organisation } mitzuarbeiten, abgelehnt.
mail-lead-declined-partner = { $invited } hat Ihre Einladung an { $company }, Partner von { $organisation } zu werden, abgelehnt.
mail-offer-declined = Sie können im Portal jederzeit eine neue Einladung senden.

mail-greeting-inviter = Guten Tag { $inviter },
mail-action-portal = Portal öffnen
mail-why = Sie erhalten diese Nachricht, weil Sie die Einladung gesendet haben.
