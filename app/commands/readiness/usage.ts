export const USAGE = `Usage: npm run --silent charterkeep -- readiness --charter FILE [OPTIONS]

How far the tenant is from being held to the charter: who holds what, whom the charter would refuse and why, what does not end, how
people sign in, which roles nobody could decide on; a score for each section with its formula; what to mend first; and a plan over
four weeks of assessment and ninety days of cutover. Nothing in the tenant is changed.

  --charter FILE       the charter; left out: the one in force in the database
  --tenant-files DIR   exported answers of Graph in place of the configured tenant (ENTRA_TENANT_ID and the settings beside it)
  --read-at INSTANT    when the files were exported; left out: now
  --people FILE        people as in app/sandbox/organisation.yaml; left out: those in the database,
                       whose accesses by Charterkeep explain what they hold
  --nobody             judge without knowing anybody, for a first look
  --json OUT           the report as JSON        (OUT - is standard output)
  --csv OUT            who holds what as CSV
  --html OUT           a page to keep and to print
  --language L         of the page and the sentences: en or de

  0 nothing to mend   1 something is   2 it cannot be done

Files of a tenant that is not connected. One file for each list, as Graph answers it, each page a file of its own (users-1.json,
users-2.json, ...) or all pages in one array:

  organization.json                      /organization?$select=id,displayName
  users.json                             /users?$select=id,displayName,userPrincipalName,accountEnabled,userType,onPremisesSyncEnabled&$top=999
  servicePrincipals.json                 /servicePrincipals?$select=id,appId,displayName,servicePrincipalType,accountEnabled&$top=999
  groups.json                            /groups?$filter=isAssignableToRole eq true&$select=id,displayName,isAssignableToRole,groupTypes,onPremisesSyncEnabled&$top=999
      and as further pages, for each group that the charter names and that is not among them:
      /groups/ID?$select=id,displayName,isAssignableToRole,groupTypes,onPremisesSyncEnabled
  roleAssignments.json                   /roleManagement/directory/roleAssignments?$expand=principal($select=id)
  roleAssignmentScheduleInstances.json   /roleManagement/directory/roleAssignmentScheduleInstances
  roleAssignmentSchedules.json           /roleManagement/directory/roleAssignmentSchedules
  roleEligibilityScheduleInstances.json  /roleManagement/directory/roleEligibilityScheduleInstances
  conditionalAccessPolicies.json         /identity/conditionalAccess/policies
  authenticationStrengthPolicies.json    /policies/authenticationStrengthPolicies
  roleManagementPolicyAssignments.json   /policies/roleManagementPolicyAssignments?$filter=scopeId eq '/' and scopeType eq 'DirectoryRole'&$expand=policy($expand=rules)
      and as further pages, for each group that the charter names: ...?$filter=scopeId eq 'ID' and scopeType eq 'Group'&$expand=policy($expand=rules)

  and for each group that holds a role or that the charter names, for each group that is in one of those that the charter names,
  also in a group in it, and for each holder (ID in the name):
  groupMembers-ID.json, groupTransitiveMembers-ID.json, groupOwners-ID.json     /groups/ID/members, /transitiveMembers, /owners
      (groupTransitiveMembers-ID.json also of each group that a Conditional Access policy names)
  groupAssignmentScheduleInstances-ID.json, groupEligibilityScheduleInstances-ID.json
      /identityGovernance/privilegedAccess/group/assignmentScheduleInstances?$filter=groupId eq 'ID' (and eligibility...)
  groupAssignmentSchedules-ID.json
      /identityGovernance/privilegedAccess/group/assignmentSchedules?$filter=groupId eq 'ID'
  methods-ID.json, fido2Methods-ID.json                                          /users/ID/authentication/methods, /fido2Methods

  Azure CLI    az rest --url "https://graph.microsoft.com/v1.0/users?..." > users-1.json
  curl         curl -H "Authorization: Bearer $TOKEN" "https://graph.microsoft.com/v1.0/users?..." -o users-1.json
  PowerShell   Invoke-MgGraphRequest GET "v1.0/users?..." -OutputType Json | Out-File users-1.json

A list that is not there is not known, which lowers the score as much as something wrong. Pages that go on (@odata.nextLink) must all
be there, numbered from 0 or 1 without a gap. UTF-8 and UTF-16 are read.
`
