// Folders and files that nobody but us and root can have prepared or can change.
//
// A path is followed from the root one part at a time, each opened before it is looked at, so that nothing can be
// exchanged in between. Each folder on the way has to belong to us or to root, and others may not write to it. Only a
// folder with the sticky bit, such as /tmp, may be open to all: what is opened in it is ours or root's, like everything
// else, and nobody else can rename it. A link is followed where we or root made it. Users on the list in
// $RAPIDBYTE_TRUST_UID count as root does. Any thread.
#pragma once

#include <filesystem>
#include <initializer_list>
#include <string>

#include "base/result.h"
#include "os/file_descriptor.h"

namespace rapidbyte::os {

// For folders of temporary files: it must be there. Errors: kConfiguration, with the part of the path that is wrong.
Result<FileDescriptor> OpenTrustedFolder(const std::filesystem::path& path);

// For what only we may read and write: the folder and those above it are made where they are missing, the folder itself
// belongs to us, and nobody else may enter it (0700 from here on). Errors: kConfiguration, as above.
Result<FileDescriptor> OpenPrivateFolder(const std::filesystem::path& path);

// For files that programs open by their path, such as a database with its journals: makes the folder where it is
// missing, and looks whether another user could have prepared `path` or what has the same name with one of `endings`.
// None of them may be a link to or be anything but a regular file. As root, and in a folder with the sticky bit, all of
// them and the folder have to be trusted; an ordinary user's files may lie where a team shares them. Errors:
// kConfiguration with the path that is wrong.
Status CheckFiles(const std::filesystem::path& path, std::initializer_list<const char*> endings);

// What a name leads to, through links that we or root made, such as `latest.json` or /dev/stdout: the first part that
// is no such link.
std::filesystem::path ResolveLinks(std::filesystem::path path);

// The regular file `name` of a folder, to be read; ours or root's, no link. Opens without waiting for a FIFO's writer.
// Not open where there is no such file.
FileDescriptor OpenTrustedFile(const FileDescriptor& folder, const std::string& name);

}  // namespace rapidbyte::os
