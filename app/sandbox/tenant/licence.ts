import { badRequest } from './errors.ts'
import type { Surface } from './surface.ts'

/** Which roles there are is told without it. */
const PIM = /^\/(roleManagement(?!\/directory\/roleDefinitions)|identityGovernance)\//

/** Whether the tenant has bought what PIM takes; without, it refuses every call of it. */
export function createLicence(): Surface & { set: (has: boolean) => void } {
	let isLicensed = true
	return {
		answer({ path }) {
			if (!isLicensed && PIM.test(path))
				throw badRequest(
					'AadPremiumLicenseRequired',
					'The tenant needs to have Microsoft Entra ID P2 or Microsoft Entra ID Governance license.',
				)
			return null
		},
		set(has) {
			isLicensed = has
		},
	}
}
