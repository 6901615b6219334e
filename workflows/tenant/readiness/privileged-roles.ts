import type { ReportLine } from './report.schema.ts'

/**
 * Directory roles by which somebody becomes more than they are: those that Microsoft marks as privileged, by their template ids, which
 * are the same in every tenant, and Groups and Identity Governance Administrator, who decide who is in a group that a charter gives
 * places in, by its members or by access packages. The accounts of directory synchronisation are none of them: Microsoft does not mark their role, and nobody signs in with it.
 */
export const PRIVILEGED_ROLES = {
	'62e90394-69f5-4237-9190-012177145e10': 'globalAdministrator',
	'e8611ab8-c189-46e8-94e1-60213ab1f814': 'privilegedRoleAdministrator',
	'db506228-d27e-4b7d-95e5-295956d6615f': 'agentIdAdministrator',
	'7be44c8a-adaf-4e2a-84d6-ab2649e08a13': 'privilegedAuthenticationAdministrator',
	'9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3': 'applicationAdministrator',
	'158c047a-c907-4556-b7ef-446551a6b5f7': 'cloudApplicationAdministrator',
	'cf1c38e5-3621-4004-a7cb-879624dced7c': 'applicationDeveloper',
	'b1be1c3e-b65d-4f19-8427-f6fa0d97feb9': 'conditionalAccessAdministrator',
	'194ae4cb-b126-40b2-bd5b-6091b380977d': 'securityAdministrator',
	'5f2222b1-57c3-48ba-8ad5-d4759f1fde6f': 'securityOperator',
	'5d6b6bb7-de71-4623-b4af-96380a352509': 'securityReader',
	'fe930be7-5e62-47db-91af-98c3a49a38b1': 'userAdministrator',
	'fdd7a751-b60b-444a-984c-02652fe8fa1c': 'groupsAdministrator',
	'45d8d3c5-c802-45c6-b32a-1d70b5e1e86e': 'identityGovernanceAdministrator',
	'c4e39bd9-1100-46d3-8c65-fb160da0071f': 'authenticationAdministrator',
	'25a516ed-2fa0-40ea-a2d0-12923a21473a': 'authenticationExtensibilityAdministrator',
	'0b00bede-4072-4d22-b441-e7df02a1ef63': 'authenticationExtensibilityPasswordAdministrator',
	'd2562ede-74db-457e-a7b6-544e236ebb61': 'aiAdministrator',
	'1fe13547-53f6-408d-ac04-7f8eed167b38': 'aiReader',
	'8ac3fc64-6eca-42ea-9e69-59f4c7b60eb2': 'hybridIdentityAdministrator',
	'729827e3-9c14-49f7-bb1b-9608f156bbb8': 'helpdeskAdministrator',
	'966707d0-3269-4727-9be2-8c3a10f19b9d': 'passwordAdministrator',
	'3a2c62db-5318-420d-8d74-23affee5d9d5': 'intuneAdministrator',
	'7698a772-787b-4ac8-901f-60d6b08affd2': 'cloudDeviceAdministrator',
	'9360feb5-f418-4baa-8175-e2a00bac4301': 'directoryWriters',
	'8329153b-31d0-4727-b945-745eb3bc5f31': 'domainNameAdministrator',
	'be2f45a1-457d-42af-a067-6ec1fa63bc45': 'externalIdentityProviderAdministrator',
	'59d46f88-662b-457b-bceb-5c3809e5908f': 'lifecycleWorkflowsAdministrator',
	'aaf43236-0c0d-4d5f-883a-6955382ac081': 'b2cKeysetAdministrator',
	'ecb2c6bf-0ab6-418e-bd87-7986f8d63bbe': 'attributeProvisioningAdministrator',
	'422218e4-db15-4ef9-bbe0-8afb41546d79': 'attributeProvisioningReader',
	'f2ef992c-3afb-46b9-b7cf-a126ee74c451': 'globalReader',
	'4ba39ca4-527c-499a-b93d-d9b492c50246': 'partnerTier1Support',
	'e00e864a-17c5-4a4b-9c06-f5b95a8d5bd8': 'partnerTier2Support',
} as const satisfies Readonly<Record<string, string>>
type PrivilegedRole = (typeof PRIVILEGED_ROLES)[keyof typeof PRIVILEGED_ROLES]

const NAMES: ReadonlyMap<string, PrivilegedRole> = new Map(Object.entries(PRIVILEGED_ROLES))

/** What a directory role is called by us, by the id of its template in any case; null where it is none of the privileged ones. */
export const privilegedRole = (templateId: string): PrivilegedRole | null =>
	NAMES.get(templateId.toLowerCase()) ?? null

const UNGOVERNED = 'directoryRole '
/** How a problem names a directory role that the charter does not govern: by its template. */
export const aboutUngoverned = (place: ReportLine['place']): string =>
	place.kind === 'role' ? `${UNGOVERNED}${place.roleDefinitionId}` : ''

/** The template of the role that a problem is about, where that is one that the charter does not govern; else null. */
export const ungovernedIn = (about: string | null): string | null =>
	about?.startsWith(UNGOVERNED) === true ? about.slice(UNGOVERNED.length) : null
