import type { places as english } from '../en/places.ts'

/** German words: places. */
export const places = {
	title: 'Plätze in Entra ID',
	unfit_one: '{{count}} Platz, den diese Charta nennt, kann nicht vergeben werden',
	unfit_other: '{{count}} Plätze, die diese Charta nennt, können nicht vergeben werden',
	unfitLead:
		'Anträge auf eine solche Rolle würden genehmigt, und Entra ID würde den Zugriff danach ablehnen. Unterschrieben werden und in Kraft treten kann die Charta trotzdem.',
	unfitSandbox_one: 'Der Sandbox-Mandant könnte {{count}} Platz, den diese Charta nennt, nicht vergeben.',
	unfitSandbox_other: 'Der Sandbox-Mandant könnte {{count}} Plätze, die diese Charta nennt, nicht vergeben.',
	sandbox:
		'Es ist kein Entra-Mandant eingestellt; darum wurden die Plätze im Sandbox-Mandanten nachgesehen. Das sagt nichts über Ihren: Er wird angesehen, sobald er eingestellt ist.',
	unknown_one:
		'{{count}} Platz konnte nicht nachgesehen werden: Ob er vergeben werden kann, ist nicht bekannt.',
	unknown_other:
		'{{count}} Plätze konnten nicht nachgesehen werden: Ob sie vergeben werden können, ist nicht bekannt.',
	waiting_one: '{{count}} Platz wird gerade in {{tenant}} nachgesehen.',
	waiting_other: '{{count}} Plätze werden gerade in {{tenant}} nachgesehen.',
	allFit: 'Alle Plätze, die diese Charta nennt, gibt es in {{tenant}}, und sie können vergeben werden.',
	none: 'Diese Charta vergibt keinen Platz in Entra ID.',
	others_one: '{{count}} anderen Platz gibt es, und er kann vergeben werden.',
	others_other: '{{count}} andere Plätze gibt es, und sie können vergeben werden.',
	reload: 'Erneut nachsehen',
	readAt: 'Gelesen',
	line: 'Zeile {{line}}',
	editorTitle_one: '{{count}} Rolle dieses Textes kann in Entra ID nicht vergeben werden',
	editorTitle_other: '{{count}} Rollen dieses Textes können in Entra ID nicht vergeben werden',
	editorLead:
		'Nach dem zuletzt gespeicherten Text. Er kann trotzdem gespeichert und unterschrieben werden und in Kraft treten; nach dem Speichern wird neu nachgesehen.',
	inShortUnfit: 'Kann nicht vergeben werden: {{roles}}.',
	inShortUnknown: 'Nicht bekannt: {{roles}}.',
	inShortFit: 'Alle Plätze können vergeben werden.',
	calledOther: 'In Entra ID heißt sie „{{name}}“.',
	trouble_roleMissing:
		'Entra ID hat keine Verzeichnisrolle mit der Vorlagen-ID {{id}}. Berichtigen Sie roleTemplateId der Rolle in der Charta.',
	trouble_roleDisabled:
		'Die Verzeichnisrolle {{name}} ist in Entra ID deaktiviert: Wer sie erhält, kann damit nichts tun. Aktivieren Sie sie dort, oder nennen Sie in der Charta eine andere.',
	trouble_unitMissing:
		'Entra ID führt keine Verwaltungseinheit mit der ID {{id}}: Sie wurde gelöscht oder gehört nicht zu diesem Mandanten. Berichtigen Sie scope der Rolle in der Charta.',
	trouble_groupMissing:
		'Entra ID hat keine Gruppe mit der ID {{id}}. Berichtigen Sie groupId der Rolle in der Charta, oder lassen Sie die Gruppe wiederherstellen.',
	trouble_groupFromOnPremises:
		'Die Gruppe {{name}} kommt aus dem lokalen Verzeichnis; darum lässt Entra ID niemanden ändern, wer darin ist. Nennen Sie in der Charta eine Gruppe der Cloud.',
	trouble_groupIsDynamic:
		'Eine Regel füllt die Gruppe {{name}}; darum lässt Entra ID niemanden ändern, wer darin ist. Nennen Sie in der Charta eine Gruppe mit zugewiesenen Mitgliedern.',
	trouble_groupByMail:
		'Die Gruppe {{name}} ist eine Verteilerliste oder eine E-Mail-aktivierte Sicherheitsgruppe: Microsoft Graph kann nicht ändern, wer darin ist. Nennen Sie in der Charta eine Sicherheitsgruppe oder eine Microsoft-365-Gruppe.',
	trouble_noPim:
		'Diese Cloud hat dafür kein Privileged Identity Management. Machen Sie aus der Rolle in der Charta einen Platz in einer Gruppe, und führen Sie Gruppen als einfache Mitgliedschaft (ENTRA_GROUPS=membership).',
	trouble_noLicence:
		'Dem Mandanten fehlt die Lizenz für Privileged Identity Management (Microsoft Entra ID P2 oder ID Governance). Beschaffen und weisen Sie eine zu.',
	mends_charter_owner: 'Charta-Verantwortliche berichtigen den Text.',
	mends_tenant_admin: 'Die Administration des Mandanten behebt es in Entra ID.',
	unknown_role: 'Ob Entra ID die Verzeichnisrolle hat, ist nicht bekannt: {{why}}.',
	unknown_unit: 'Ob Entra ID die Verwaltungseinheit hat, ist nicht bekannt: {{why}}.',
	unknown_group: 'Ob Entra ID die Gruppe hat und ihre Mitglieder ändern lässt, ist nicht bekannt: {{why}}.',
	unknown_pim: 'Ob der Mandant Privileged Identity Management hat, ist nicht bekannt: {{why}}.',
	why_notRead: 'es hat noch niemand nachgesehen',
	why_old: 'zuletzt wurde vor mehr als einem Tag nachgesehen',
	why_forbidden: 'Charterkeep darf es nicht lesen; „charterkeep tenant check“ nennt die Berechtigung',
	why_unsupported: 'diese Cloud sagt es nicht',
	why_throttled: 'der Mandant bittet um Geduld',
	why_unavailable: 'Entra ID konnte nicht gelesen werden',
	why_unreadable: 'die Antwort von Entra ID ist nicht verständlich',
	note_othersMayChange:
		'Die Gruppe darf keine Verzeichnisrollen tragen; darum können Administratoren von Gruppen und ihre Besitzer an Charterkeep vorbei ändern, wer darin ist. Befunde zeigen es. Eine Gruppe, die Verzeichnisrollen tragen darf, verhindert es.',
	note_needsRoleManagement:
		'Die Gruppe darf Verzeichnisrollen tragen. Um zu ändern, wer darin ist, braucht die Anwendung zusätzlich RoleManagement.ReadWrite.Directory.',
} satisfies Record<keyof typeof english, string>
