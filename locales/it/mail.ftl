# Mail. $own is "yes" where the inviting organisation is the one whose portal it is.
mail-greeting = Buongiorno,
mail-role-owner = Titolare
mail-role-administrator = Amministratore
mail-role-auditor = Revisore
mail-role-manager = Responsabile
mail-role-member = Membro

mail-subject-colleague = { $own ->
    [yes] { $organisation } La invita nel proprio portale partner
   *[no] { $organisation } La invita nel portale partner di { $programme }
}
mail-subject-partner = { $own ->
    [yes] { $organisation } invita { $company } nel proprio portale partner
   *[no] { $organisation } invita { $company } nel portale partner di { $programme }
}
mail-lead-colleague = { $own ->
    [yes] { $inviter } di { $organisation } La invita a collaborare con { $organisation } nel proprio portale partner.
   *[no] { $inviter } di { $organisation } La invita a collaborare con { $organisation } nel portale partner di { $programme }.
}
mail-lead-partner = { $own ->
    [yes] { $inviter } di { $organisation } invita { $company } a diventare partner nel proprio portale.
   *[no] { $inviter } di { $organisation } invita { $company } a diventare partner nel portale di { $programme }.
}
mail-offer-colleague = Il Suo ruolo sarebbe: { $role }.
mail-offer-partner = Può aprire un account per { $company } o usarne uno che la Sua azienda ha già.
mail-action-invitation = Apri l’invito
mail-until = L’invito è valido fino al { $until }.
mail-account = È destinato a { $invited }. Per accettarlo, acceda con questo indirizzo.
mail-copy = Se il pulsante non funziona, apra questo indirizzo nel Suo browser:
mail-real-title = Questo messaggio è autentico?
mail-real = Il link porta a { $host }, l’indirizzo del portale. In caso di dubbio, contatti { $inviter } in un modo che conosce già. Una risposta a questo messaggio arriva a { $reply-to }.
mail-stop-title = Non è per Lei?
mail-stop = Se ha ricevuto questo messaggio per errore o non desidera altri inviti da { $organisation }, ce lo comunichi qui:
mail-footer = Inviato dal portale partner di { $programme }.

mail-subject-reminder = { $own ->
    [yes] Promemoria: l’invito di { $organisation } nel proprio portale partner
   *[no] Promemoria: l’invito di { $organisation } nel portale partner di { $programme }
}
mail-lead-reminder-colleague = { $inviter } L’ha invitata a collaborare con { $organisation } nel portale partner di { $programme }. Non abbiamo ancora ricevuto una Sua risposta.
mail-lead-reminder-partner = { $inviter } di { $organisation } ha invitato { $company } a diventare partner nel portale di { $programme }. Non abbiamo ancora ricevuto una Sua risposta.
mail-once = Non riceverà altri promemoria.

mail-subject-accepted-colleague = { $person } fa ora parte di { $organisation }
mail-subject-accepted-partner = { $company } è ora partner di { $organisation }
mail-lead-accepted-colleague = { $person } ({ $invited }) ha accettato il Suo invito e fa ora parte di { $organisation }.
mail-lead-accepted-partner = { $person } ({ $invited }) ha accettato il Suo invito. { $company } e { $organisation } sono ora partner.
mail-offer-accepted-colleague = Ruolo: { $role }.
mail-offer-accepted-partner = Nessuna delle due aziende vede i dati dell’altra finché questa non lo consente.

mail-subject-declined-colleague = { $invited } ha rifiutato l’invito di { $organisation }
mail-subject-declined-partner = { $company } ha rifiutato l’invito di { $organisation }
mail-lead-declined-colleague = { $invited } ha rifiutato il Suo invito a collaborare con { $organisation }.
mail-lead-declined-partner = { $invited } ha rifiutato il Suo invito a { $company } a diventare partner di { $organisation }.
mail-offer-declined = Può inviare un nuovo invito dal portale in qualsiasi momento.

mail-greeting-inviter = Buongiorno { $inviter },
mail-action-portal = Apri il portale
mail-why = Riceve questo messaggio perché ha inviato l’invito.
