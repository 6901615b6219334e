import type { record as english } from '../en/record.ts'

/** German words: record. */
export const record = {
	title: 'Das Protokoll hat {{size}} Einträge',
	origin: 'Ursprung',
	vkey: 'Prüfschlüssel',
	checkpoint: 'Signierter Prüfpunkt',
	signedAt: 'Signiert',
	index: 'Index',
	kind: 'Was',
	when: 'Wann',
	about: 'Über',
	by: 'Von',
	entryTitle: 'Eintrag {{index}}: {{kind}}',
	leaf: 'Blatt, genau wie gehasht',
	leafHash: 'Blatt-Hash',
	proof: 'Einschlussbeweis im Baum der Größe {{size}}',
	openings: 'Versiegelte Gruppen',
	sealed: 'versiegelt',
	erasedOn: 'gelöscht am',
	commitment: 'Verpflichtung',
	empty: 'Das Protokoll ist leer.',
	organisation: 'die Organisation',
	notSigned: 'Das Protokoll wird nicht signiert, seit',
	trouble_damaged:
		'Gespeichert ist etwas anderes, als signiert worden war. Nichts ist verloren, und nichts Neues wird signiert: Wer Charterkeep betreibt, muss nachsehen.',
	trouble_clock:
		'Die Uhr des Servers ging hinter das zurück, was das Protokoll schon enthält. Es geht von selbst weiter, sobald die Zeit aufgeholt hat oder die Uhr gestellt ist.',
	trouble_signer:
		'Der Signierschlüssel ist nicht erreichbar. Einträge bleiben erhalten und werden signiert, sobald er antwortet.',
	trouble_guard:
		'Der letzte signierte Stand kann außerhalb der Datenbank nicht festgehalten werden: Vielleicht ist der Datenträger voll. Einträge bleiben erhalten und werden signiert, sobald es geht.',
	trouble_failed:
		'Beim Signieren ging etwas schief. Einträge bleiben erhalten, und es wird laufend neu versucht.',
	auditBroken: 'Das Protokoll stimmt nicht, festgestellt am',
	auditBrokenHelp:
		'Eine Prüfung hat jeden Eintrag neu gehasht und kam auf etwas anderes, als signiert wurde. Verlassen Sie sich nicht auf das Protokoll, bis klar ist, was geändert wurde.',
	backlogFull:
		'So viele Einträge warten auf ihre Signatur, dass nichts Neues beginnen kann. Zugriffe beenden geht weiterhin.',
	details: 'Was das Programm sagt',
	waiting: 'Warten auf Signatur',
	audited: 'Letzte Prüfung',
	auditHolds: 'alles stimmt',
	auditNone: 'noch keine; sie läuft jede Nacht',
} satisfies Record<keyof typeof english, string>
