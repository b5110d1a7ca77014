#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "datasets/images.hpp"

/// The IDX format of the MNIST family: 0, 0, type, number of dimensions, the dimensions as big-endian 32-bit integers, then the
/// values in C order. Source: http://yann.lecun.com/exdb/mnist.
namespace tripartite {

struct IdxArray {
    std::vector<int> shape;
    std::vector<std::uint8_t> values;
};

/// Reads an array of unsigned bytes with that many dimensions, plain or packed by gzip. Errors name file and byte (of the
/// unpacked data): wrong type or number of dimensions, truncated or damaged data, data after the end.
IdxArray read_idx(const std::string& path, int dimensions);

/// Images with their labels. Errors: as read_idx; the numbers of images and labels differ; a label is not below `classes`.
Images read_idx_images(const std::string& images, const std::string& labels, int classes);

/// The four files train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte of a
/// folder, each as it is or with .gz behind its name.
ImageSet read_idx_folder(const std::string& folder, int classes);

}  // namespace tripartite
