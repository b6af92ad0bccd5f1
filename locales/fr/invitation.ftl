# The page of an invitation, /invitations/…, for people who have never seen the portal.
# Names never follow “de”, which would have to become “d’” before a vowel. Roles begin with a consonant for “en tant que”.
skip = Aller au contenu principal
portal-of = Portail partenaires { $programme }
role-owner = responsable du programme
role-administrator = responsable de l’administration
role-auditor = responsable de l’audit
role-manager = responsable
role-member = membre

# The invitation itself.
colleague-title = Rejoindre { $organisation }
colleague-heading = { $inviter } vous invite à rejoindre { $organisation }
colleague-lead = Vous travailleriez en tant que { $role } dans le portail partenaires { $programme }.
partner-title = Invitation envoyée par { $organisation }
partner-heading = { $inviter }, chez { $organisation }, invite { $company } à devenir partenaire
partner-lead = Les deux organisations seraient reliées dans le portail partenaires { $programme }, où chacune voit le partenariat.
term-for = Pour
term-from = De la part de
term-as = Rôle
term-company = Entreprise
term-until = Valable jusqu’au
term-shared = Ce qui sera visible
shared-colleague = Votre nom, votre adresse e-mail et la date de votre dernière connexion, pour les personnes qui travaillent chez { $organisation }.
shared-partner = Le nom de votre organisation et le fait que vous êtes en relation. Rien d’autre sans votre accord.
sign-in-first = Pour donner votre réponse, connectez-vous avec { $email }. Vous reviendrez ensuite sur cette page.
signed-in-as = Votre session est ouverte avec { $email }.
your-name = Votre nom
your-company = Nom de votre organisation
your-company-help = Tel que vos partenaires le connaissent. Vous pourrez le modifier plus tard.
link-company = Le partenaire sera { $company } : vous gérez déjà cette organisation.
accept = Accepter l’invitation
decline = Décliner
check-title = Cette invitation est-elle authentique ?
check-text = L’adresse de cette page commence par { $address }. Si vous n’attendiez pas cette invitation, posez la question à { $inviter } par un moyen que vous connaissez déjà. Personne n’a besoin de votre mot de passe.
not-you = Ce n’est pas vous ? Ne plus recevoir les e-mails envoyés par { $organisation }
write-to = Écrire à { $inviter }
languages = Langue
local-time = { $time } dans votre fuseau horaire
error = Erreur :
error-summary = Une correction est nécessaire

# Somebody else is signed in.
wrong-title = Un autre compte est nécessaire
wrong-heading = Cette invitation est destinée à { $invited }
wrong-lead = Votre session est ouverte avec { $email }. Seule la personne à qui l’invitation est adressée peut l’accepter ou la décliner.
switch-account = Changer de compte avec { $provider }
other-address = Vous n’utilisez plus cette adresse ? Demandez à { $inviter } d’envoyer l’invitation à votre adresse actuelle.
unverified-title = Votre adresse n’est pas confirmée
unverified-heading = Confirmez que { $email } est bien votre adresse
unverified-lead = La connexion a réussi, mais le fournisseur de votre compte ne confirme pas cette adresse. Confirmez-la auprès de ce fournisseur, puis reconnectez-vous.

# States.
expired-heading = Cette invitation a expiré
expired-lead = Elle était valable jusqu’au { $date }. Vous pouvez faire envoyer un nouveau lien à { $invited }.
replaced-heading = Un lien plus récent a été envoyé
replaced-lead = Il a été envoyé à { $invited } le { $date } ; c’est le seul qui fonctionne encore. Si vous ne le trouvez pas, demandez un nouvel envoi.
fresh-link = Recevoir un nouveau lien
fresh-sent-heading = Un nouveau lien est en route
fresh-sent-lead = Il est envoyé à { $invited } et peut mettre quelques minutes à arriver. Regardez aussi dans le courrier indésirable.
fresh-later = Un e-mail vient d’être envoyé à { $invited }. Regardez aussi dans le courrier indésirable ; vous pourrez en demander un autre à partir du { $date }.
revoked-heading = Cette invitation a été retirée
revoked-lead = { $organisation } l’a retirée le { $date }. Si cela vous surprend, posez la question à { $inviter }.
declined-heading = Cette invitation a été déclinée
declined-lead = C’était le { $date }. Si vous avez changé d’avis, demandez une nouvelle invitation à { $inviter }.
accepted-heading = Cette invitation a été acceptée
accepted-lead = C’était le { $date }. Vous n’avez plus rien à faire ici.
open-organisation = Accéder à votre organisation
sign-in = Se connecter
superseded-heading = Une invitation plus récente a remplacé celle-ci
superseded-lead = Cherchez le dernier e-mail que { $organisation } a envoyé à { $invited }.
inviter-gone-heading = { $inviter } ne peut plus envoyer d’invitations pour { $organisation }
inviter-gone-lead = Demandez à une autre personne de cette organisation de renvoyer l’invitation : un clic lui suffira.
host-closed-heading = L’organisation { $organisation } est actuellement fermée dans le portail
host-closed-lead = Ses invitations ne peuvent pas être acceptées avant sa réouverture. Demandez à { $inviter } quand elle aura lieu.
member-heading = Vous avez déjà un accès
member-lead = Un accès chez { $organisation } existe déjà avec l’adresse { $invited }. Une adresse ne peut appartenir qu’à une seule organisation.
not-manager-heading = C’est à une personne responsable chez { $organisation } d’accepter
not-manager-lead = L’adresse { $invited } est rattachée à { $organisation }, mais le rôle correspondant ne permet pas de gérer les partenariats. Demandez à { $inviter } d’envoyer l’invitation à une personne responsable chez vous.
account-taken-heading = Votre compte est déjà utilisé
account-taken-lead = Le compte que vous avez utilisé pour vous connecter est déjà rattaché à { $organisation }, avec une autre adresse. Utilisez un autre compte ou demandez à { $inviter } d’envoyer l’invitation à cette autre adresse.
unknown-heading = Ce lien ne mène à aucune invitation
unknown-lead = Il a peut-être été coupé dans l’e-mail : copiez-le en entier ou cliquez dessus dans l’e-mail le plus récent. Sinon, demandez à la personne qui vous a envoyé l’invitation de la renvoyer.

# Stopping the mail.
stop-title = Ne plus recevoir les e-mails envoyés par { $organisation }
stop-heading = Ne plus recevoir les e-mails envoyés par { $organisation } ?
stop-lead = { $organisation } ne pourra plus envoyer d’invitations à cette adresse. L’invitation que vous avez reçue reste inchangée.
stop-confirm = Adresse qui a reçu l’e-mail
stop-help = La saisir montre que la demande vient d’une personne et non d’un filtre de messagerie.
stop-button = Ne plus recevoir d’e-mails
stop-wrong = Saisissez en entier l’adresse à laquelle l’invitation a été envoyée.
stopped-heading = { $organisation } ne vous enverra plus d’e-mails
stopped-lead = Votre demande est enregistrée. Si l’invitation vous est parvenue par erreur, vous n’avez rien d’autre à faire.
name-missing = Saisissez votre nom.
moved-heading = Cette invitation est partie vers une autre adresse
moved-lead = { $organisation } a corrigé l’adresse le { $date } ; ce lien ne fonctionne plus. Si elle vous était destinée, adressez-vous à { $inviter }.
stopped-before-lead = Les e-mails envoyés par { $organisation } sont arrêtés. Saisissez l’adresse pour les autoriser de nouveau.
allow-button = Autoriser de nouveau les e-mails
allowed-heading = Les e-mails envoyés par { $organisation } sont de nouveau autorisés
allowed-lead = Ses invitations peuvent désormais vous parvenir.
company-missing = Saisissez le nom de votre organisation.
name-too-long = Utilisez 100 caractères au plus.
name-holds-link = N’indiquez pas d’adresse web : seul le nom est attendu.
name-unprintable = Saisissez de nouveau le nom, sans caractères invisibles.
company-taken = Une autre organisation porte déjà ce nom ici. Ajoutez ce qui les distingue.
