import type { errors as english } from '../en/errors.ts'

/** German words: errors. */
export const errors = {
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
	ALREADY_REQUESTED: 'Sie haben für diese Rolle schon einen offenen Antrag oder Zugriff.',
	OWN_REQUEST: 'Dieser Antrag kommt Ihnen zugute. Niemand entscheidet über den eigenen Antrag.',
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
	UNKNOWN_PERSON: 'Jemand in diesem Filter ist hier nicht bekannt. Bitte aus der Liste wählen.',
	UNKNOWN_ROLE: 'Keine Version der Charta hat diese Rolle. Bitte aus der Liste wählen.',
	UNKNOWN_FACILITY: 'Keine Version der Charta hat diesen Standort. Bitte aus der Liste wählen.',
	unreadableChoice: 'Etwas Gewähltes ist nicht lesbar. Bitte aus der Liste wählen.',
	tooManyValues: 'Höchstens 500 lassen sich wählen. Wer mehr sehen will, wählt keine: das sind alle.',
	severalValues: 'Dies kann nur einmal angegeben werden.',
	timeZone: 'Das ist keine Zeitzone. Bitte den IANA-Namen schreiben, etwa Europe/Berlin oder UTC.',
	skippedHour:
		'Diese Stunde gibt es in dieser Zeitzone nicht: die Uhren werden vorgestellt. Bitte eine andere wählen.',
} satisfies Record<keyof typeof english, string>
