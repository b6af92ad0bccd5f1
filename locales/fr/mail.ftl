# Mail. $own is "yes" where the inviting organisation is the one whose portal it is.
mail-greeting = Bonjour,
mail-role-owner = Propriétaire
mail-role-administrator = Administrateur
mail-role-auditor = Auditeur
mail-role-manager = Responsable
mail-role-member = Membre

mail-subject-colleague = { $own ->
    [yes] { $organisation } vous invite à rejoindre son portail partenaires
   *[no] { $organisation } vous invite à rejoindre le portail partenaires de { $programme }
}
mail-subject-partner = { $own ->
    [yes] { $organisation } invite { $company } à rejoindre son portail partenaires
   *[no] { $organisation } invite { $company } à rejoindre le portail partenaires de { $programme }
}
mail-lead-colleague = { $own ->
    [yes] { $inviter }, de { $organisation }, vous invite à rejoindre { $organisation } sur son portail partenaires.
   *[no] { $inviter }, de { $organisation }, vous invite à rejoindre { $organisation } sur le portail partenaires de { $programme }.
}
mail-lead-partner = { $own ->
    [yes] { $inviter }, de { $organisation }, invite { $company } à devenir partenaire sur son portail partenaires.
   *[no] { $inviter }, de { $organisation }, invite { $company } à devenir partenaire sur le portail partenaires de { $programme }.
}
mail-offer-colleague = Votre rôle serait le suivant : { $role }.
mail-offer-partner = Vous pouvez ouvrir un compte pour { $company } ou utiliser celui dont votre entreprise dispose déjà.
mail-action-invitation = Ouvrir l’invitation
mail-until = L’invitation est valable jusqu’au { $until }.
mail-account = Elle est destinée à { $invited }. Pour l’accepter, connectez-vous avec cette adresse.
mail-copy = Si le bouton ne fonctionne pas, ouvrez cette adresse dans votre navigateur :
mail-real-title = Ce message est-il authentique ?
mail-real = Le lien mène à { $host }, l’adresse du portail. En cas de doute, contactez { $inviter } par un moyen que vous connaissez déjà. Une réponse à ce message parviendra à { $reply-to }.
mail-stop-title = Ce message ne vous est pas destiné ?
mail-stop = Si vous avez reçu ce message par erreur, ou si vous ne souhaitez plus recevoir d’invitations de { $organisation }, signalez-le ici :
mail-footer = Envoyé par le portail partenaires de { $programme }.

mail-subject-reminder = { $own ->
    [yes] Rappel : invitation de { $organisation } à rejoindre son portail partenaires
   *[no] Rappel : invitation de { $organisation } à rejoindre le portail partenaires de { $programme }
}
mail-lead-reminder-colleague = { $inviter } vous a adressé une invitation à rejoindre { $organisation } sur le portail partenaires de { $programme }. Vous n’y avez pas encore répondu.
mail-lead-reminder-partner = { $inviter }, de { $organisation }, a invité { $company } à devenir partenaire sur le portail partenaires de { $programme }. Vous n’y avez pas encore répondu.
mail-once = Il n’y aura pas d’autre rappel.

mail-subject-accepted-colleague = { $person } a rejoint { $organisation }
mail-subject-accepted-partner = { $company } est désormais partenaire de { $organisation }
mail-lead-accepted-colleague = { $person } ({ $invited }) a accepté votre invitation et fait désormais partie de { $organisation }.
mail-lead-accepted-partner = { $person } ({ $invited }) a accepté votre invitation. { $company } et { $organisation } sont désormais partenaires.
mail-offer-accepted-colleague = Rôle : { $role }.
mail-offer-accepted-partner = Aucune des deux entreprises ne voit les données de l’autre tant que celle-ci ne l’y autorise pas.

mail-subject-declined-colleague = { $invited } a décliné l’invitation de { $organisation }
mail-subject-declined-partner = { $company } a décliné l’invitation de { $organisation }
mail-lead-declined-colleague = { $invited } a décliné votre invitation à rejoindre { $organisation }.
mail-lead-declined-partner = { $invited } a décliné l’invitation que vous avez adressée à { $company } à devenir partenaire de { $organisation }.
mail-offer-declined = Vous pouvez envoyer une nouvelle invitation depuis le portail à tout moment.

mail-greeting-inviter = Bonjour { $inviter },
mail-action-portal = Ouvrir le portail
mail-why = Vous recevez ce message parce que vous avez envoyé l’invitation.
