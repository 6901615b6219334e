import { membershipPermissions } from './membership-permissions.ts'
import { about, group, GROUP_PIM, PIM, role, type Need, type Setup } from './probes.ts'

/** The least that the kill switch needs, and all that it should have. */
export function killSwitchPermissions(setup: Setup): Need[] {
	const { groups, lacks } = setup
	const removing = { ...about, action: 'adminRemove' }
	const needs: (Need | false)[] = [
		!lacks.includes('pim-roles') && {
			permission: 'RoleAssignmentSchedule.Remove.Directory',
			orElse: ['RoleAssignmentSchedule.ReadWrite.Directory'],
			purpose: 'take directory roles away when the first application cannot',
			isVital: true,
			probe: { method: 'POST', path: PIM, body: { ...removing, ...role } },
		},
		groups === 'pim' && {
			permission: 'PrivilegedAssignmentSchedule.Remove.AzureADGroup',
			orElse: ['PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup'],
			purpose: 'take places in groups away when the first application cannot',
			isVital: true,
			probe: { method: 'POST', path: GROUP_PIM, body: { ...removing, ...group } },
		},
		...membershipPermissions(setup, 'killSwitch'),
	]
	return needs.filter((need) => need !== false)
}
