# The page of an invitation, /invitations/…, for people who have never seen the portal.
# Dates never follow “il” or “al”, which would have to become “l’” and “all’” before 8 and 11.
skip = Vai al contenuto principale
portal-of = Portale partner di { $programme }
role-owner = responsabile del programma
role-administrator = amministratore o amministratrice
role-auditor = auditor
role-manager = responsabile
role-member = membro

# The invitation itself.
colleague-title = Invito a far parte di { $organisation }
colleague-heading = { $inviter } La invita a far parte di { $organisation }
colleague-lead = Nel portale partner di { $programme } Lei lavorerebbe come { $role }.
partner-title = Invito da parte di { $organisation }
partner-heading = { $inviter } di { $organisation } invita { $company } a diventare partner
partner-lead = Le due organizzazioni sarebbero collegate nel portale partner di { $programme }, dove entrambe vedono la partnership.
term-for = Per
term-from = Da
term-as = Ruolo
term-company = Azienda
term-until = Scadenza
term-shared = Che cosa sarà visibile
shared-colleague = Il Suo nome, il Suo indirizzo e-mail e la data del Suo ultimo accesso, per le persone di { $organisation }.
shared-partner = Il nome della Sua organizzazione e l’esistenza del collegamento. Nient’altro, finché non sarà Lei a consentirlo.
sign-in-first = Per decidere, acceda come { $email }. Tornerà poi a questa pagina.
signed-in-as = Ha effettuato l’accesso come { $email }.
your-name = Il Suo nome
your-company = Nome della Sua organizzazione
your-company-help = Come la conoscono i Suoi partner. Potrà modificarlo in seguito.
link-company = Il partner sarà { $company }, organizzazione che Lei gestisce già.
accept = Accetta l’invito
decline = Rifiuta
check-title = Questo invito è autentico?
check-text = L’indirizzo di questa pagina inizia con { $address }. Se non aspettava questo invito, contatti { $inviter } attraverso un canale che conosce già. Nessuno ha bisogno della Sua password.
not-you = L’invito non è per Lei? Blocca le e-mail di { $organisation }
write-to = Scrivi a { $inviter }
languages = Lingua
local-time = { $time } nel Suo fuso orario
error = Errore:
error-summary = C’è qualcosa da correggere

# Somebody else is signed in.
wrong-title = Serve un altro account
wrong-heading = Questo invito è per { $invited }
wrong-lead = Ha effettuato l’accesso come { $email }. Solo la persona a cui è destinato l’invito può accettarlo o rifiutarlo.
switch-account = Cambia account con { $provider }
other-address = Non usa più questo indirizzo? Chieda a { $inviter } di inviare l’invito a quello che usa ora.
unverified-title = Il Suo indirizzo non è confermato
unverified-heading = Confermi che { $email } è il Suo indirizzo
unverified-lead = L’accesso è riuscito, ma il fornitore del Suo account non conferma questo indirizzo. Lo confermi presso il fornitore, poi acceda di nuovo.

# States.
expired-heading = Questo invito è scaduto
expired-lead = Scadenza: { $date }. Può far inviare un nuovo link a { $invited }.
replaced-heading = È stato inviato un link più recente
replaced-lead = È stato inviato a { $invited } in data { $date }; solo quello funziona. Se non lo trova, lo faccia inviare di nuovo.
fresh-link = Richiedi un nuovo link
fresh-sent-heading = Un nuovo link è in arrivo
fresh-sent-lead = Viene inviato a { $invited } e può richiedere qualche minuto. Controlli anche la posta indesiderata.
fresh-later = Poco fa è stata inviata un’e-mail a { $invited }. Controlli anche la posta indesiderata. Prossimo invio possibile: { $date }.
revoked-heading = Questo invito è stato ritirato
revoked-lead = { $organisation } lo ha ritirato in data { $date }. Se la cosa La sorprende, contatti { $inviter }.
declined-heading = Questo invito è stato rifiutato
declined-lead = È avvenuto in data { $date }. Se ha cambiato idea, chieda a { $inviter } un nuovo invito.
accepted-heading = Questo invito è stato accettato
accepted-lead = È avvenuto in data { $date }. Qui non c’è altro da fare.
open-organisation = Apri l’organizzazione
sign-in = Accedi
superseded-heading = Un invito più recente ha sostituito questo
superseded-lead = Cerchi l’e-mail più recente di { $organisation } a { $invited }.
inviter-gone-heading = { $inviter } non può più invitare per conto di { $organisation }
inviter-gone-lead = Chieda a un’altra persona della stessa organizzazione di inviare di nuovo l’invito: basta un clic.
host-closed-heading = L’organizzazione { $organisation } è al momento chiusa nel portale
host-closed-lead = I suoi inviti non possono essere accettati fino alla riapertura. Chieda a { $inviter } quando avverrà.
member-heading = Lei ha già un accesso
member-lead = L’indirizzo { $invited } è già in uso presso { $organisation }. Ogni indirizzo appartiene a una sola organizzazione.
not-manager-heading = L’invito va accettato da una persona con il ruolo di responsabile in { $organisation }
not-manager-lead = L’indirizzo { $invited } appartiene a { $organisation }, ma il ruolo associato non comprende le partnership. Chieda a { $inviter } di inviare l’invito a chi, nella Sua organizzazione, ha il ruolo di responsabile.
account-taken-heading = Il Suo account è già in uso
account-taken-lead = L’account con cui ha effettuato l’accesso è già collegato a { $organisation }, con un altro indirizzo. Usi un altro account o chieda a { $inviter } di inviare l’invito a quell’altro indirizzo.
unknown-heading = Questo link non porta a nessun invito
unknown-lead = Forse è stato troncato nell’e-mail: lo copi per intero o lo apra dall’e-mail più recente. Altrimenti chieda a chi Le ha mandato l’invito di inviarlo di nuovo.

# Stopping the mail.
stop-title = Bloccare le e-mail di { $organisation }
stop-heading = Bloccare le e-mail di { $organisation }?
stop-lead = { $organisation } non potrà più inviare inviti a questo indirizzo. L’invito che ha già ricevuto resta com’è.
stop-confirm = Indirizzo che ha ricevuto l’e-mail
stop-help = Digitarlo dimostra che la richiesta viene da una persona e non da un filtro di posta.
stop-button = Blocca le e-mail
stop-wrong = Inserisca per intero l’indirizzo a cui è stato inviato l’invito.
stopped-heading = Nessun’altra e-mail da { $organisation }
stopped-lead = La richiesta è registrata. Se ha ricevuto l’invito per errore, non deve fare altro.
name-missing = Inserisca il Suo nome.
moved-heading = Questo invito è andato a un altro indirizzo
moved-lead = { $organisation } ha corretto l’indirizzo in data { $date }; questo link non funziona più. Se l’invito era per Lei, si rivolga a { $inviter }.
stopped-before-lead = Le e-mail inviate da { $organisation } sono bloccate. Scriva l’indirizzo per riceverle di nuovo.
allow-button = Consenti di nuovo le e-mail
allowed-heading = Le e-mail inviate da { $organisation } sono di nuovo consentite
allowed-lead = D’ora in poi i relativi inviti possono raggiungerLa.
company-missing = Inserisca il nome della Sua organizzazione.
name-too-long = Usi al massimo 100 caratteri.
name-holds-link = Non inserisca indirizzi web: serve solo il nome.
name-unprintable = Riscriva il nome senza caratteri nascosti.
company-taken = Un’altra organizzazione ha già questo nome. Aggiunga ciò che le distingue.
