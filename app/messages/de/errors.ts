import type { errors as english } from '../en/errors.ts'

/** German words: errors. */
export const errors = {
	forecastDay: 'Wählen Sie einen Tag innerhalb der nächsten 180 Tage.',
	forecastPeople: 'Wählen Sie höchstens 50 Personen.',
	NOT_FOUND: 'Das gibt es nicht, oder es ist nicht für Sie bestimmt.',
	FORBIDDEN: 'Ihre Aufgaben erlauben das nicht. Wenn doch, lassen Sie Ermächtigung und Bestellung prüfen.',
	SIGN_IN_REQUIRED: 'Melden Sie sich zuerst an.',
	TOO_MANY_ATTEMPTS: 'Zu viele Versuche. Warten Sie eine Minute.',
	INVALID_INPUT: 'Etwas in diesem Formular ist nicht verwendbar.',
	ILLEGAL_TRANSITION: 'Das ist im jetzigen Zustand nicht mehr möglich. Laden Sie die Seite neu.',
	STALE_VERSION: 'Jemand war schneller. Laden Sie die Seite neu.',
	DUPLICATE: 'Das gibt es bereits.',
	INELIGIBLE: 'Die Charta erlaubt das nicht. Die Gründe sind aufgeführt.',
	ROLE_NOT_REQUESTABLE: 'Diese Rolle kann nach der geltenden Charta nicht beantragt werden.',
	DURATION_TOO_LONG: 'Das ist länger, als die Charta erlaubt.',
	DURATION_TOO_SHORT: 'Das ist kürzer, als Entra annimmt.',
	TICKET_MALFORMED: 'Das Ticket hat nicht die Form, die die Charta verlangt.',
	WINDOW_LAPSED:
		'Die Zeit, für die dieser Zugriff beantragt war, ist vorbei. Stellen Sie ihn neu für eine kommende Zeit.',
	EXTENSION_LATE:
		'Der Zugriff, der verlängert werden sollte, ist beendet oder endet. Das alte Ende gilt; beantragen Sie einen neuen.',
	NOTHING_TO_EXTEND: 'Nur ein aktiver Zugriff kann verlängert werden. Beantragen Sie einen neuen.',
	EXTENSION_OPEN: 'Eine Verlängerung dieses Zugriffs wartet schon auf eine Entscheidung.',
	TOO_FAR_AHEAD:
		'Zusammen mit dem, was bleibt, ist das länger, als die Charta auf einmal erlaubt. Beantragen Sie weniger oder später.',
	NO_DRIFT:
		'Hier gibt es nichts anzunehmen: Entra führt wieder, was genehmigt ist, oder der Zugriff kann nur entzogen werden.',
	ALREADY_REQUESTED: 'Sie haben für diese Rolle schon einen offenen Antrag oder Zugriff.',
	OWN_REQUEST:
		'Dieser Antrag kommt Ihnen zugute, oder Sie haben ihn gestellt. Niemand entscheidet über den eigenen Antrag.',
	ALREADY_DECIDED: 'Sie haben über diesen Antrag schon entschieden. Jede Stufe braucht eine andere Person.',
	STAGE_CLOSED: 'Diese Stufe ist bereits entschieden.',
	LINK_INVALID: 'Dieser Einrichtungslink ist verbraucht oder abgelaufen. Bitten Sie um einen neuen.',
	CHALLENGE_INVALID:
		'Diese Unterschrift ist abgelaufen, schon benutzt, oder ihre Grundlage hat sich geändert. Nichts wurde entschieden. Beginnen Sie neu.',
	ASSERTION_REFUSED:
		'Die Antwort des Passkeys passt nicht zu dem, was zu unterschreiben war. Nichts wurde entschieden.',
	PASSKEY_UNKNOWN: 'Dieser Passkey ist hier nicht für Sie eingerichtet.',
	PASSKEY_CLONED:
		'Der Zähler dieses Passkeys lief rückwärts: Er ist vielleicht kopiert. Melden Sie das sofort.',
	PASSKEY_REVOKED:
		'Dieser Passkey ist widerrufen. Nehmen Sie einen anderen, oder bitten Sie um einen Einrichtungslink.',
	LAST_PASSKEY:
		'Das ist Ihr letzter Passkey. Nur Sicherheitsbeauftragte können ihn widerrufen, damit sich niemand aussperrt.',
	PERSON_IN_USE:
		'Diese Person hängt noch an etwas, das läuft: siehe, was im Weg steht. Nichts wurde gelöscht.',
	SUSPENDED: 'Diese Person ist gesperrt: Zwei Sicherheitsbeauftragte müssen die Sperre zuerst aufheben.',
	ALREADY_SUSPENDED:
		'Diese Person ist bereits gesperrt. Laden Sie die Seite neu, um zu sehen, was daraus wurde.',
	NOT_SUSPENDED: 'Diese Person ist nicht mehr gesperrt. Laden Sie die Seite neu.',
	SAME_OFFICER: 'Der Vorschlag ist von Ihnen. Eine andere sicherheitsbeauftragte Person muss ihn bestätigen.',
	ALREADY_PROPOSED: 'Die Aufhebung ist bereits vorgeschlagen: Bestätigen Sie diesen Vorschlag.',
	PERSON_DEACTIVATED:
		'Dieses Konto wurde von Ihrem Verzeichnis deaktiviert. Ein Sicherheitsbeauftragter weiß mehr.',
	LAST_OFFICER: 'Damit bliebe Charterkeep ohne Sicherheitsbeauftragten. Bestellen Sie zuerst einen weiteren.',
	ATTESTATION_REFUSED: 'Die Antwort des Passkeys ließ sich nicht prüfen. Nichts wurde eingerichtet.',
	CHARTER_INVALID: 'Diese Charta ist nicht verwendbar.',
	CHARTER_LOCKOUT:
		'Unter diesem Text könnten weniger als zwei Menschen die Charta noch ändern: niemand könnte sie je mehr berichtigen. Die Anforderungen an Charta-Verantwortliche ändern oder erst weitere bestellen.',
	AMENDMENT_VERSION: 'Die Version im Text muss {{version}} sein, eine mehr als die geltende.',
	AMENDMENT_OUTDATED:
		'Seit dem Entwurf ist eine andere Version in Kraft getreten. Von dieser aus neu entwerfen.',
	AMENDMENT_LATE: 'Der Tag des Inkrafttretens ist vorbei. Einen späteren wählen.',
	AMENDMENT_OPEN:
		'Eine andere Änderung wartet auf Unterschriften oder auf ihren Tag. Sie muss erst erledigt sein.',
	NOTHING_CHANGED: 'Der Text sagt dasselbe wie die geltende Charta.',
	ALREADY_SIGNED:
		'Sie haben diese Änderung schon unterzeichnet oder abgelehnt. Es braucht eine weitere verantwortliche Person.',
	CASE_UNDERWAY: 'Für diese Ermächtigung dieser Person läuft bereits ein Verfahren. Führen Sie jenes weiter.',
	OWN_CASE: 'Dieses Verfahren betrifft Sie selbst. Niemand handelt im eigenen Verfahren.',
	DIRECT_LINE:
		'Sie und diese Person stehen in einer Führungslinie. Handeln muss eine Person außerhalb davon.',
	CASE_SPONSOR: 'Sie stehen für dieses Verfahren als Bedarfsträger ein. Jemand anderes muss handeln.',
	EVIDENCE_MISSING: 'Es fehlen noch Nachweise: Die Liste nennt sie. Erfassen Sie diese zuerst.',
	PROPOSAL_OPEN: 'Jemand anderes hat bereits etwas vorgeschlagen. Bestätigen oder verwerfen Sie es zuerst.',
	PROPOSAL_GONE: 'Was Sie bestätigen wollten, ist nicht mehr vorgeschlagen. Laden Sie die Seite neu.',
	SECOND_OFFICER: 'Das haben Sie selbst vorgeschlagen. Jemand anderes muss es bestätigen.',
	CLEARANCE_STOPPED:
		'Ein Überprüfungsverfahren hat diese Ermächtigung gestoppt. Sie kommt nur durch dieses Verfahren zurück, und das braucht zwei Sicherheitsbeauftragte.',
	TENANT_UNREAD:
		'Der Tenant war nicht zu lesen: Wer eine Rolle innehat, ist nicht bekannt. Führen Sie npm run charterkeep -- tenant check aus; der Befehl sagt, was fehlt.',
	READING_UNDER_WAY:
		'Gerade entsteht ein Bericht aus anderen Dateien. Warten Sie, bis er hier steht, und geben Sie diese Dateien dann noch einmal an.',
	FILES_REFUSED:
		'So sind diese Dateien nicht brauchbar. Berichtigen Sie, was hier genannt ist, oder lassen Sie es weg, und geben Sie dann alle Dateien noch einmal an: Was fehlt, würde dem Standort angelastet.',
	FILES_TOO_MANY:
		'Das sind mehr Dateien, als in einen Bericht eingehen: 20.000. Fassen Sie die Seiten einer Liste in einer Datei zusammen, als Array von Seiten, und lassen Sie Dateien von Konten weg, die nichts innehaben; geben Sie dann alle Dateien noch einmal an.',
	FILES_OTHER_TENANT:
		'Diese Dateien stammen aus einem anderen Tenant (organization.json) als dem, mit dem diese Installation arbeitet. Exportieren Sie sie aus diesem Tenant, oder beurteilen Sie sie mit npm run charterkeep -- readiness --tenant-files.',
	EXPORTED_LATER:
		'Die Dateien können nicht später als jetzt exportiert worden sein. Geben Sie die Zeit in UTC an.',
	FILES_GONE:
		'Die Dateien sind nicht mehr aufbewahrt: Einen Tag lang kam niemand dazu, oder inzwischen wurden Daten einer Person gelöscht. Geben Sie sie noch einmal an.',
	REPORT_FAILED:
		'Die Dateien oder der Tenant sind zu groß, um hier beurteilt zu werden, oder es liegt etwas vor, das nur das Protokoll des Servers nennt. Versuchen Sie „npm run charterkeep -- readiness“ auf der Kommandozeile.',
	TARGET_NOT_CONNECTED:
		'Diese Rolle ist ein Platz in einer Gruppe von Entra ID. Gruppen sind noch nicht angebunden; sie kann nicht beantragt werden.',
	BUNDLE_INVALID: 'Dieses Bündel ist nicht verwendbar.',
	NOTHING_IN_FORCE: 'Keine Charta ist in Kraft, also darf niemand etwas.',
	UNAVAILABLE: 'Das ist gerade nicht verfügbar. Versuchen Sie es gleich noch einmal.',
	RECORD_BACKLOG:
		'Das Protokoll ist im Rückstand, deshalb kann gerade nichts Neues begonnen werden. Versuchen Sie es in einer halben Minute wieder. Zugriffe beenden geht weiterhin.',
	unexpected: 'Hier ist etwas schiefgegangen. Nichts ist halb getan. Melden Sie die Kennung {{reference}}.',
	title404: 'Nicht gefunden',
	title403: 'Nicht erlaubt',
	title409: 'Jemand war schneller',
	title422: 'Nicht möglich',
	title503: 'Gerade nicht möglich',
	title500: 'Etwas ist schiefgegangen',
	home: 'Zu Meine Arbeit',
	reasonShort: 'Sagen Sie warum, mit mindestens 10 Zeichen.',
	reasonLong: 'Höchstens 500 Zeichen.',
	required: 'Das wird gebraucht.',
	denialReason: 'Eine Ablehnung braucht eine Begründung mit mindestens 10 Zeichen.',
	chooseVerdict: 'Wählen Sie Genehmigen oder Ablehnen.',
	chooseRole: 'Wählen Sie eine Rolle.',
	date: 'Geben Sie ein Datum mit Tag, Monat und Jahr an.',
	chooseSignature: 'Unterschreiben oder ablehnen wählen.',
	rejectionReason: 'Eine Ablehnung braucht einen Grund von mindestens 10 Zeichen.',
	charterMissing: 'Den Text der Charta schreiben oder eine Datei wählen.',
	charterTooLarge:
		'Eine Charta hat höchstens eine Million Bytes. Diese Datei ist größer und wurde nicht gelesen.',
	instant: 'Ein Datum mit Uhrzeit angeben.',
	number: 'Eine ganze Zahl angeben.',
	ENDS_BEFORE_IT_BEGINS: 'Es würde enden, bevor es beginnt.',
	UNKNOWN_LEVEL: 'Diese Stufe gibt es in dem Schema nicht.',
	NAME_DIFFERS: 'Tippen Sie den Namen genau so, wie er dasteht.',
	NOTHING_TO_ERASE: 'All das ist schon gelöscht.',
	SHARE_TOO_LONG: 'Ein geteilter Link gilt 1 bis 30 Tage.',
	periodNeeded: 'Nennen Sie Anfang und Ende des Zeitraums.',
	UNKNOWN_COUNTRY: 'Das ist kein gültiges Länderkürzel.',
	NO_SUCH_PERSON: 'Genau so heißt niemand. Geben Sie den vollen Namen oder den Benutzerprinzipalnamen an.',
	SEVERAL_PEOPLE: 'So heißen mehrere. Geben Sie den Benutzerprinzipalnamen an.',
	POST_NEEDED: 'Ermächtigungen dieses Systems gehören zu einer Stelle: Nennen Sie sie.',
	SPONSOR_NEEDED:
		'Ermächtigungen dieses Systems bestehen nur, solange jemand für den Bedarf einsteht: Nennen Sie diese Person.',
	SPONSOR_RECORDS:
		'Sie können nicht für das einstehen, was Sie selbst erfassen. Eine andere sicherheitsbeauftragte Person muss es erfassen.',
	OWN_SPONSOR: 'Niemand steht für sich selbst ein.',
	OWN_MANAGER: 'Niemand führt sich selbst.',
	MANAGER_CIRCLE: 'Diese Person steht schon darunter: Das wäre ein Kreis.',
	IN_THE_FUTURE: 'Dieser Tag liegt noch in der Zukunft.',
	ENDED_ALREADY: 'Dieses Ende ist schon vorbei.',
	CONDITIONS_NEED_THEIR_ACT: 'Auflagen gehören zur anderen Handlung: mit Auflagen erteilen.',
	SHA256: 'Geben Sie 64 hexadezimale Ziffern an oder lassen Sie das Feld leer.',
	chooseAct: 'Wählen Sie, was geschehen soll.',
	chooseItem: 'Wählen Sie, welcher Nachweis es ist.',
	UNKNOWN_PERSON: 'Jemand in diesem Filter ist hier nicht bekannt. Bitte aus der Liste wählen.',
	UNKNOWN_ROLE: 'Keine Version der Charta hat diese Rolle. Bitte aus der Liste wählen.',
	UNKNOWN_BOUNDARY: 'Keine Grenze bei einem Anbieter hat diese Kennung. Bitte aus der Liste wählen.',
	UNKNOWN_FACILITY: 'Keine Version der Charta hat diesen Standort. Bitte aus der Liste wählen.',
	unreadableChoice: 'Etwas Gewähltes ist nicht lesbar. Bitte aus der Liste wählen.',
	tooManyValues: 'Höchstens 500 lassen sich wählen. Wer mehr sehen will, wählt keine: das sind alle.',
	severalValues: 'Dies kann nur einmal angegeben werden.',
	quietHours: 'Wählen Sie einen Beginn und ein Ende, die sich unterscheiden, oder für beides keine.',
	timeZone: 'Das ist keine Zeitzone. Bitte den IANA-Namen schreiben, etwa Europe/Berlin oder UTC.',
	skippedHour:
		'Diese Stunde gibt es in dieser Zeitzone nicht: die Uhren werden vorgestellt. Bitte eine andere wählen.',
	MISSING: 'Das wird gebraucht.',
	TOO_LONG: 'Das ist zu lang.',
	BAD_KEY: 'Verwenden Sie Kleinbuchstaben, Ziffern und Bindestriche.',
	FORMER_COUNTRY:
		'Diesen Staat gibt es nicht mehr. Erfassen Sie den heutigen Staat und nennen Sie den früheren beim Nachweis.',
	DATE_FAR_OFF: 'Dieses Datum liegt zu weit weg. Prüfen Sie das Jahr.',
	BEGINS_IN_FUTURE: 'Das liegt in der Zukunft. Erfassen Sie es, sobald es so ist.',
	ROLE_NOT_IN_CHARTER: 'Die geltende Charta kennt diese Rolle nicht.',
	FACILITY_NOT_IN_CHARTER: 'Die geltende Charta kennt diesen Standort nicht.',
	DUPLICATE_FACT: 'Dasselbe ist für diese Zeit schon erfasst. Berichtigen oder beenden Sie das zuerst.',
	EVIDENCE_ABSENT: 'Nennen Sie, worauf dies beruht, oder wählen Sie eine Datei.',
	FILE_TOO_LARGE: 'Eine Datei hat höchstens 10 MB. Diese ist größer und wurde nicht gespeichert.',
	FILE_TYPE: 'Das ist kein PDF, JPEG oder PNG, wie es auch heißt. Es wurde nicht gespeichert.',
	ENDS_EARLIER_ALREADY: 'Es endet bereits spätestens dann.',
	TRAVEL_BEGUN: 'Die Reise hat begonnen: Sie kann nicht mehr vorher genehmigt werden.',
	VISIT_TOO_LONG: 'Ein Besuch wird für höchstens ein Jahr angekündigt. Kündigen Sie ihn danach neu an.',
	NOT_HELD_THROUGHOUT:
		'Die Person hat diese Ermächtigung nicht während des ganzen Besuchs. Wählen Sie eine, die sie hat, oder beenden Sie den Besuch früher.',
	NOT_DEPARTED: 'Die Reise hat noch nicht begonnen.',
	CHOOSE_PEOPLE: 'Wählen Sie mindestens eine Person.',
	TOO_MANY_PEOPLE: 'Höchstens 200 Personen zugleich.',
	CHOOSE_KINDS: 'Wählen Sie mindestens eine Art von Angaben.',
	NOT_DUE: 'Für das Gewählte ist keine Aufbewahrung abgelaufen.',
	NUMBER_DIFFERS: 'Geben Sie die Zahl genau so ein, wie sie dasteht.',
	OWN_FACTS: 'Angaben zu Ihnen selbst können Sie nicht ändern.',
	NOT_APPOINTED: 'An diesem Tag nicht für diese Rolle bestellt.',
	ENTRA_ID_FIXED: 'Die Entra-Objekt-ID einer Person ändert sich nicht.',
	uuid: 'Geben Sie eine ID wie 00000000-0000-4000-8000-000000000000 an.',
	upn: 'Geben Sie eine Adresse wie name@behoerde.example an.',
	ACCOUNT_GONE: 'Der Mandant hat dieses Konto nicht mehr.',
	ACCOUNT_LINKED: 'Jemand hier hat dieses Konto schon.',
	ACCOUNT_PROPOSED:
		'Unter diesem Benutzerprinzipalnamen ist jemand erfasst: Verknüpfen Sie das Konto mit dieser Person, oder berichtigen Sie das Erfasste.',
	ACCOUNT_NAMELESS: 'Der Mandant hat zu diesem Konto keinen Benutzerprinzipalnamen genannt.',
	NOT_PROPOSED: 'Dieses Konto wird niemandem mehr vorgeschlagen.',
	OWN_ACCOUNT: 'Es geht um Sie selbst. Das muss jemand anderes unter den Sicherheitsbeauftragten tun.',
	HOLDS_ACCESS:
		'Diese Person hat laufenden Zugriff unter dem bisher erfassten Konto. Beenden Sie ihn zuerst.',
	START_PAST: 'Dieser Beginn liegt zurück. Wählen Sie einen späteren oder lassen Sie das Feld leer.',
	START_TOO_FAR: 'Dieser Beginn liegt zu weit voraus. Wählen Sie einen binnen 30 Tagen.',
	CHARTER_SUPERSEDED:
		'Seit diese Seite geöffnet wurde, ist eine andere Version der Charta in Kraft getreten. Ihre Eingaben sind gesichert: Sehen Sie nach, was die neue Version verlangt, und senden Sie erneut.',
	QUORUM_UNREACHABLE:
		'Darüber könnten zu wenige entscheiden: Es braucht {{needed}} × {{role}}, entscheiden können {{able}}. Der Antrag wurde nicht gestellt. Charta-Verantwortliche können weitere bestellen; Geheimschutzbeauftragte können sagen, warum Bestellte die Charta nicht erfüllen.',
	DURATION_LENGTHENED: 'Sie können weniger Zeit geben als beantragt, nie mehr.',
	WINDOW_PASSED:
		'Die beantragte Zeit ist vorbei. Genehmigt werden kann das nicht mehr; ein neuer Antrag ist möglich.',
	TOO_LATE_TO_DECIDE: 'Die Frist zur Entscheidung ist abgelaufen. Schweigen lehnt ab.',
	NOT_OF_ONE_KIND:
		'Zusammen entscheiden lassen sich nur Anträge auf dieselbe Rolle oder solche, die zusammen gestellt wurden.',
	SEVERAL_REFUSED:
		'Nicht alle diese Rollen lassen sich beantragen, deshalb wurde nichts gestellt. Warum, steht bei jeder: Lassen Sie sie weg, oder stellen Sie die übrigen Anträge ohne sie.',
	KEY_REUSED:
		'Dieser Idempotency-Key wurde schon für einen anderen Antrag verwendet. Erzeugen Sie für jeden Antrag einen neuen, und wiederholen Sie einen nur mit genau demselben Inhalt.',
	NOTHING_TO_REPEAT: 'Es gibt von Ihnen nichts, das sich erneut beantragen ließe.',
	TOKEN_TOO_LONG: 'Ein Token gilt 1 bis {{days}} Tage.',
	TOO_MANY_TOKENS:
		'Sie haben bereits {{count}} gültige Token. Widerrufen Sie zuerst eines, das Sie nicht mehr brauchen.',
	tokenName: 'Geben Sie an, wofür es ist, mit höchstens 100 Zeichen.',
	tokenScopes: 'Wählen Sie mindestens etwas, das es darf.',
	tokenDays: 'Geben Sie eine ganze Zahl von Tagen von 1 bis 90 an.',
	ABSENCE_PERIOD: 'Eine Abwesenheit beginnt jetzt oder später, endet danach und dauert höchstens 92 Tage.',
	ABSENCE_OVERLAPS: 'Für diese Zeit haben Sie bereits eine Abwesenheit eingetragen. Beenden Sie zuerst jene.',
	STAND_IN_UNFIT: 'Die Charta lässt diese Person dort nicht entscheiden. Wählen Sie jemanden aus der Liste.',
	chooseSeveral: 'Wählen Sie für mindestens einen Antrag eine Entscheidung.',
	messageShort: 'Schreiben Sie mindestens 3 Zeichen.',
	messageLong: 'Höchstens 1000 Zeichen.',
	BREAK_GLASS_NOT_ALLOWED:
		'Die geltende Charta lässt Sie diese Rolle im Notfall nicht nehmen. Beantragen Sie sie auf dem üblichen Weg, oder rufen Sie die Sicherheitsbeauftragten an.',
	BREAK_GLASS_DEBT:
		'Eine frühere Nutzung durch diese Rolle (B-{{number}}) ist noch nicht nachgeprüft und sperrt die nächste. Die Seite nennt, wer sie nachprüfen kann.',
	lockboxDeadline: 'Angefragt wurde es vor jetzt, und eine Antwort zählt bis nach jetzt.',
	nobodyCalled:
		'Niemand oder mehr als eine Person heißt genau so. Schreiben Sie den vollen Namen, wie er erfasst ist.',
	FINDING_CLOSED:
		'Dieser Schritt steht hier nicht mehr an. Laden Sie die Seite neu, um zu sehen, wie es steht.',
	TASK_MENDED: 'Der letzte Bericht findet das nicht mehr: Es gibt daran nichts mehr zu tun.',
	FINDING_WATCHED:
		'Die Charta nennt dieses Konto, oder eines, das dies durch die Gruppe hat, als Notfallkonto: Es wird beobachtet, und ihm wird nichts entzogen.',
	FINDING_OWN:
		'Sie halten dies selbst, oder haben es oder könnten es durch die Gruppe haben; darum entscheidet jemand anderes darüber.',
	FINDING_UNREAD:
		'Wer dies alles durch die Gruppe hat, war nicht ganz zu lesen; darum kann derzeit niemand dafür einstehen. Nehmen Sie es hin, sobald eine Prüfung von Entra ID die ganze Gruppe gelesen hat.',
	FINDING_FIXED:
		'Hier gibt es nichts, was Charterkeep entziehen könnte: Die Gruppe wird anderswo gepflegt, andere haben ihren genehmigten Zugriff durch sie, oder es wird nichts gehalten.',
	FINDING_REASON: 'Sagen Sie, warum: Die nächste Person liest es.',
	FINDING_NOT_ASKED: 'Zuerst muss jemand anderes um die Freigabe bitten.',
	findingStep: 'Wählen Sie, was unterschrieben werden soll.',
	findingDays: 'Schreiben Sie eine ganze Zahl von Tagen zwischen 1 und 90.',
	findingsChoose: 'Wählen Sie wenigstens einen Entzug.',
	LOCKBOX_CLOSED:
		'Hier ist nichts mehr zu entscheiden oder zu melden. Laden Sie die Seite neu, um zu sehen, was daraus wurde.',
	LOCKBOX_RULED_OUT:
		'Inzwischen lässt sich das nur noch ablehnen: Eine Regel der Charta steht dagegen, oder jemand hat genehmigt und dürfte es nicht mehr. Lehnen Sie ab, oder lassen Sie die Frist verstreichen.',
	LOCKBOX_REASON: 'Sagen Sie, warum Sie ablehnen: Wer angefragt hat, erfährt es.',
	LOCKBOX_KNOWN: 'Eine Anfrage mit dieser Nummer ist schon erfasst. Suchen Sie sie unter den wartenden.',
	LOCKBOX_UNREADABLE:
		'Diese Ausgabe ist nicht lesbar, und nichts davon wurde übernommen. Führen Sie den Befehl über dem Feld aus, und fügen Sie alles ein, was er ausgibt.',
	LOCKBOX_NOT_BY_HAND:
		'Dieser Anbieter wird über seine Schnittstelle gefragt und beantwortet; von Hand ist nichts zu melden.',
	BREAK_GLASS_CLOSED:
		'Hier ist nichts mehr zu unterschreiben. Laden Sie die Seite neu, um zu sehen, was daraus wurde.',
	OWN_USE: 'Sie waren daran beteiligt. Jemand anderes muss unterschreiben.',
	ALREADY_SIGNED_USE:
		'Sie haben zu dieser Nutzung schon unterschrieben. Jede Unterschrift braucht eine andere Person.',
	REVIEW_TOO_EARLY: 'Nachgeprüft wird, sobald Entra das Ende des Zugriffs bestätigt hat.',
	NOT_REVIEWER: 'Das prüfen Inhaber einer anderen Rolle nach. Die Seite nennt, wer es kann.',
	NOT_SECOND_OFFICER:
		'Als zweite Person unterschreiben Sicherheitsbeauftragte oder Genehmigende. Die Seite nennt, wer es kann.',
	OFFLINE_OVERLAPS:
		'Eine Nutzung dieses Kontos zu dieser Zeit ist schon erfasst (B-{{number}}). Sehen Sie dort nach.',
	TWO_PEOPLE: 'Wer den Umschlag geöffnet hat, bezeugt es nicht selbst. Nennen Sie eine andere Person.',
	findingsShort: 'Schreiben Sie, was Sie festgestellt haben, mit mindestens 10 Zeichen.',
	chooseReview: 'Wählen Sie, ob die Nutzung gerechtfertigt war.',
	BOUNDARY_KNOWN: 'Eine Grenze dieses Anbieters mit diesem Geltungsbereich ist bereits eingetragen.',
	BOUNDARY_CLOSED: 'Diese Grenze ist geschlossen worden. Laden Sie die Seite neu.',
	OWN_HOLDING: 'Was Sie selbst haben, trägt jemand anderes unter den Sicherheitsbeauftragten ein.',
	SCOPE_SUBSCRIPTION: 'Diese Rolle braucht ein Abonnement: /subscriptions/ und die Kennung.',
	SCOPE_TENANT: 'Diese Rolle braucht die Kennung eines Mandanten, etwa 00000000-0000-4000-8000-000000000000.',
	ROLE_NOT_OFFERED: 'Wählen Sie eine Rolle aus der Liste, die zu diesem Anbieter gehört.',
	HOLDERS_NEEDED: 'Geben Sie eine Zahl von 1 bis 99 an.',
	NOBODY_CALLED_SO:
		'So heißt hier niemand. Schreiben Sie den ganzen Namen, den Benutzerprinzipalnamen oder die Kennung.',
	SEVERAL_CALLED_SO: 'So heißen mehrere. Schreiben Sie den Benutzerprinzipalnamen oder die Kennung.',
	CHOOSE_DAYS: 'Wählen Sie mindestens einen Tag.',
	CLOCK: 'Schreiben Sie eine Uhrzeit wie 22:00.',
	ENDS_BEFORE: 'Das muss nach dem Beginn und in der Zukunft liegen.',
	holderTwice: 'Diese Person ist für diese Zeit bereits eingetragen. Beenden Sie zuerst jenen Eintrag.',
} satisfies Record<keyof typeof english, string>
