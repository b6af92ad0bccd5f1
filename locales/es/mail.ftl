# Mail. $own is "yes" where the inviting organisation is the one whose portal it is.
mail-greeting = Buenos días:
mail-role-owner = Propietario
mail-role-administrator = Administrador
mail-role-auditor = Auditor
mail-role-manager = Responsable
mail-role-member = Miembro

mail-subject-colleague = { $own ->
    [yes] { $organisation } le invita a unirse a su portal de socios
   *[no] { $organisation } le invita a unirse al portal de socios de { $programme }
}
mail-subject-partner = { $own ->
    [yes] { $organisation } invita a { $company } a su portal de socios
   *[no] { $organisation } invita a { $company } al portal de socios de { $programme }
}
mail-lead-colleague = { $own ->
    [yes] { $inviter }, de { $organisation }, le invita a unirse a { $organisation } en su portal de socios.
   *[no] { $inviter }, de { $organisation }, le invita a unirse a { $organisation } en el portal de socios de { $programme }.
}
mail-lead-partner = { $own ->
    [yes] { $inviter }, de { $organisation }, invita a { $company } a ser socio en su portal de socios.
   *[no] { $inviter }, de { $organisation }, invita a { $company } a ser socio en el portal de socios de { $programme }.
}
mail-offer-colleague = Su función sería la siguiente: { $role }.
mail-offer-partner = Usted puede abrir una cuenta para { $company } o utilizar una que su empresa ya tenga.
mail-action-invitation = Abrir la invitación
mail-until = La invitación es válida hasta el { $until }.
mail-account = Está dirigida a { $invited }. Para aceptarla, inicie sesión con esa dirección.
mail-copy = Si el botón no funciona, abra esta dirección en su navegador:
mail-real-title = ¿Es auténtico este mensaje?
mail-real = El enlace lleva a { $host }, la dirección del portal. Si tiene dudas, pregunte a { $inviter } por un medio que ya conozca. Si responde a este mensaje, su respuesta llegará a { $reply-to }.
mail-stop-title = ¿No es para usted?
mail-stop = Si ha recibido este mensaje por error o no desea recibir más invitaciones de { $organisation }, indíquelo aquí:
mail-footer = Enviado por el portal de socios de { $programme }.

mail-subject-reminder = { $own ->
    [yes] Recordatorio: invitación de { $organisation } a su portal de socios
   *[no] Recordatorio: invitación de { $organisation } al portal de socios de { $programme }
}
mail-lead-reminder-colleague = { $inviter } le ha invitado a unirse a { $organisation } en el portal de socios de { $programme }. Todavía no hemos recibido su respuesta.
mail-lead-reminder-partner = { $inviter }, de { $organisation }, ha invitado a { $company } a ser socio en el portal de socios de { $programme }. Todavía no hemos recibido su respuesta.
mail-once = No le enviaremos más recordatorios.

mail-subject-accepted-colleague = { $person } se ha unido a { $organisation }
mail-subject-accepted-partner = { $company } ya es socio de { $organisation }
mail-lead-accepted-colleague = { $person } ({ $invited }) ha aceptado su invitación y ya forma parte de { $organisation }.
mail-lead-accepted-partner = { $person } ({ $invited }) ha aceptado su invitación. { $company } y { $organisation } ya son socios.
mail-offer-accepted-colleague = Función: { $role }.
mail-offer-accepted-partner = Ninguna de las dos empresas ve los registros de la otra hasta que esta lo permita.

mail-subject-declined-colleague = { $invited } ha rechazado la invitación de { $organisation }
mail-subject-declined-partner = { $company } ha rechazado la invitación de { $organisation }
mail-lead-declined-colleague = { $invited } ha rechazado su invitación para unirse a { $organisation }.
mail-lead-declined-partner = { $invited } ha rechazado la invitación que usted envió a { $company } para ser socio de { $organisation }.
mail-offer-declined = Puede enviar una nueva invitación desde el portal en cualquier momento.

mail-greeting-inviter = Buenos días, { $inviter }:
mail-action-portal = Abrir el portal
mail-why = Usted recibe este mensaje porque envió la invitación.
