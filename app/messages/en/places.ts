/** English words: places. Whether the tenant could give what a charter names in Entra ID. */
export const places = {
	title: 'Places in Entra ID',
	unfit_one: '{{count}} place that this charter names cannot be given',
	unfit_other: '{{count}} places that this charter names cannot be given',
	unfitLead:
		'Requests for such a role would be approved, and Entra ID would then refuse the access. The charter can be signed and come into force all the same.',
	unfitSandbox_one: 'The sandbox tenant could not give {{count}} place that this charter names.',
	unfitSandbox_other: 'The sandbox tenant could not give {{count}} places that this charter names.',
	sandbox:
		'No Entra tenant is set, so that the places were looked up in the sandbox tenant. That says nothing of yours: it is looked at once it is set.',
	unknown_one: '{{count}} place could not be looked at: whether it can be given is not known.',
	unknown_other: '{{count}} places could not be looked at: whether they can be given is not known.',
	waiting_one: '{{count}} place is being looked at in {{tenant}}.',
	waiting_other: '{{count}} places are being looked at in {{tenant}}.',
	allFit: 'Every place that this charter names is in {{tenant}} and can be given.',
	none: 'This charter gives no place in Entra ID.',
	others_one: '{{count}} other place is there and can be given.',
	others_other: '{{count}} other places are there and can be given.',
	reload: 'Look again',
	readAt: 'Read',
	line: 'Line {{line}}',
	editorTitle_one: '{{count}} role of this text cannot be given in Entra ID',
	editorTitle_other: '{{count}} roles of this text cannot be given in Entra ID',
	editorLead:
		'As the text was saved last. It can be saved, signed and come into force all the same; saving has its places looked at again.',
	inShortUnfit: 'Cannot be given: {{roles}}.',
	inShortUnknown: 'Not known: {{roles}}.',
	inShortFit: 'Every place can be given.',
	calledOther: 'Entra ID calls it “{{name}}”.',
	trouble_roleMissing:
		'Entra ID has no directory role with the template id {{id}}. Correct roleTemplateId of the role in the charter.',
	trouble_roleDisabled:
		'The directory role {{name}} is disabled in Entra ID: whoever is given it can do nothing. Enable it there, or name another role in the charter.',
	trouble_unitMissing:
		'Entra ID lists no administrative unit with the id {{id}}: it was deleted, or is not of this tenant. Correct scope of the role in the charter.',
	trouble_groupMissing:
		'Entra ID has no group with the id {{id}}. Correct groupId of the role in the charter, or have the group restored.',
	trouble_groupFromOnPremises:
		'The group {{name}} is synchronised from on-premises, so Entra ID lets nobody change who is in it. Name a group of the cloud in the charter.',
	trouble_groupIsDynamic:
		'The group {{name}} is filled by a rule, so Entra ID lets nobody change who is in it. Name a group with assigned members in the charter.',
	trouble_groupByMail:
		'The group {{name}} is a distribution list or a mail-enabled security group: Microsoft Graph cannot change who is in it. Name a security group or a Microsoft 365 group in the charter.',
	trouble_noPim:
		'This cloud has no Privileged Identity Management for it. Make the role a place in a group in the charter, and keep groups as plain membership (ENTRA_GROUPS=membership).',
	trouble_noLicence:
		'The tenant has no licence for Privileged Identity Management (Microsoft Entra ID P2 or ID Governance). Buy and assign one.',
	mends_charter_owner: 'A charter owner corrects the text.',
	mends_tenant_admin: 'An administrator of the tenant mends it in Entra ID.',
	unknown_role: 'Whether Entra ID has the directory role is not known: {{why}}.',
	unknown_unit: 'Whether Entra ID has the administrative unit is not known: {{why}}.',
	unknown_group: 'Whether Entra ID has the group, and lets its members be changed, is not known: {{why}}.',
	unknown_pim: 'Whether the tenant has Privileged Identity Management is not known: {{why}}.',
	why_notRead: 'nobody has looked yet',
	why_old: 'the last look was more than a day ago',
	why_forbidden: 'Charterkeep may not read it, and “charterkeep tenant check” names the permission',
	why_unsupported: 'this cloud does not tell it',
	why_throttled: 'the tenant asks us to wait',
	why_unavailable: 'Entra ID could not be read',
	why_unreadable: 'the answer of Entra ID is not understood',
	note_othersMayChange:
		'The group may not hold directory roles, so administrators of groups and its owners can change who is in it beside Charterkeep; findings show it. A group that may hold directory roles prevents it.',
	note_needsRoleManagement:
		'The group may hold directory roles. To change who is in it the application needs RoleManagement.ReadWrite.Directory besides.',
}
