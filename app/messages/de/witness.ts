import type { witness as english } from '../en/witness.ts'

/** German words: witnesses of the record. */
export const witness = {
	title: 'Zeugen',
	none: 'Kein Zeuge wird gefragt: Dieser Server allein signiert das Protokoll. Eine andere Behörde kann einen Zeugen betreiben, der dafür einsteht, dass alle dasselbe Protokoll sehen und dass es nur wächst.',
	met: 'Bezeugt: Die {{size}} Einträge, die herausgegeben werden, tragen die Mitsignaturen, die die Richtlinie verlangt.',
	waiting: 'Die neuesten der {{size}} Einträge sind von diesem Server signiert und warten auf die Zeugen.',
	notSince:
		'Nicht bezeugt seit {{at}}: Damals waren {{witnessed}} Einträge bezeugt. Die neueren, bis {{size}}, sind von diesem Server allein signiert.',
	never:
		'Nicht bezeugt: Die {{size}} Einträge, die herausgegeben werden, sind von diesem Server allein signiert.',
	closedBehind:
		'Herausgegeben werden {{given}} Einträge, die bezeugt sind. Die neueren, bis {{size}}, werden zurückgehalten, bis die Zeugen signiert haben.',
	closedNone:
		'Nichts wird herausgegeben: Kein Prüfpunkt trägt die Mitsignaturen, die die Richtlinie verlangt, und dieses Protokoll gibt nur heraus, was bezeugt ist.',
	stopped:
		'Nichts wird signiert: Ein Zeuge hat, was dieser Datenbank fehlt. Finden Sie die Datenbank mit den bezeugten Einträgen und stellen Sie sie wieder her.',
	needs: 'Verlangt',
	all: 'alle von {{members}}',
	any: 'einer von {{members}}',
	some: '{{count}} von {{members}}',
	mode: 'Ohne Zeugen',
	mode_open: 'wird das Protokoll herausgegeben, als nicht bezeugt gekennzeichnet',
	mode_closed: 'wird nichts Neueres herausgegeben',
	name: 'Zeuge',
	upTo: 'Hat mitsigniert',
	entries_one: '{{size}} Eintrag',
	entries_other: '{{size}} Einträge',
	nothing: 'noch nichts',
	when: 'Wann',
	state: 'Stand',
	current: 'auf dem neuesten Stand',
	behind: 'neuere Einträge warten',
	unasked: 'wird nicht gefragt',
	since: 'seit',
	key: 'Prüfschlüssel',
	problem_unreachable:
		'Nicht erreichbar ({{text}}): Prüfen Sie seine Adresse in der Richtlinie und das Netz.',
	problem_unknown_log: 'Kennt dieses Protokoll nicht: Geben Sie seinem Betreiber den Prüfschlüssel oben.',
	problem_refused: 'Lehnt ab ({{text}}): Fragen Sie seinen Betreiber.',
	problem_bad_cosignature:
		'Antwortet mit einer Signatur, die nicht von seinem Schlüssel ist: Prüfen Sie seinen Prüfschlüssel in der Richtlinie.',
	problem_clock: 'Seine Uhr geht vor ({{text}}): Bitten Sie seinen Betreiber, sie zu stellen.',
	problem_ahead:
		'Hat mehr mitsigniert, als diese Datenbank enthält: Die Datenbank wurde aus einer älteren Kopie wiederhergestellt. Nichts wird signiert, bis die neuere zurück ist.',
	problem_forked:
		'Hat ein anderes Protokoll unter dem Schlüssel von diesem. Nichts wird signiert, bis geklärt ist, welche Datenbank die richtige ist.',
	wentBack:
		'Sein eigenes Gedächtnis stammt aus einer älteren Kopie: Er hatte {{cosigned}} Einträge mitsigniert und kannte {{held}}. Sagen Sie es seinem Betreiber.',
	waitsForWitness:
		'Dieser Eintrag hat einen Beweis, sobald die Zeugen einen Prüfpunkt signiert haben, der ihn enthält.',
	proofWitnessed: 'Der Prüfpunkt unten ist bezeugt.',
} satisfies Record<keyof typeof english, string>
